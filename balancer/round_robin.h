#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "balancer/policy.h"
#include "balancer/positioned_heap.h"

namespace balancer {

// Weighted round robin after Tijdeman: of the servers that may take their next turn without running
// ahead of their share, the one whose turn must come earliest; of equals the first in the file.
// However many picks are made with unchanged weights, each server has had its exact share, give or
// take less than one.
//
// A server's place is the number of turns it has had, and place / weight is the time it has
// reached; the common time is the weighted mean of those. All arithmetic is in integers and exact;
// only a change of a weight rounds, to 1/kTurn of a turn. Servers of one weight stand in one line:
// the head of a line is both the earliest to start and the earliest due, so only heads compete, in
// two heaps of lines.
class RoundRobin final : public Policy {
 public:
  RoundRobin();
  RoundRobin(const RoundRobin&) = delete;  // the heaps point into it
  RoundRobin& operator=(const RoundRobin&) = delete;

  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;
  void released(ServerId server) override;
  void full(ServerId server) override;
  void free(ServerId server) override;
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;

 private:
  // One turn in units of a place.
  static constexpr std::int64_t kTurn = 1 << 10;
  // When the common time passes this, all places are moved back. So place and sum times weight stay
  // below 2^62 with a million servers of the greatest weight.
  static constexpr std::int64_t kHorizon = 1 << 18;

  struct Line;

  struct Slot {
    std::int64_t place = 0;
    Line* line = nullptr;  // where it stands when it runs; null for weight 0
    Weight weight = 0;
    std::uint32_t position = 0;  // in the line
    bool usable = false;
    bool full = false;
    [[nodiscard]] bool runs() const { return usable && !full && weight > 0; }
  };

  struct ByPlace {
    std::vector<Slot>* slots;
    [[nodiscard]] bool before(ServerId a, ServerId b) const;
    [[nodiscard]] std::uint32_t& position(ServerId server) const;
  };

  // The servers of one weight; those that run, in their order.
  struct Line {
    Line(Weight of, ByPlace order) : weight(of), running(order) {}
    const std::int64_t weight;
    PositionedHeap<ServerId, ByPlace> running;
    std::uint32_t members = 0;   // running or not
    std::uint32_t position = 0;  // in waiting_ or ready_, unless nobody runs
    bool ready = false;          // which of the two
  };

  struct ByStart {
    const std::vector<Slot>* slots;
    [[nodiscard]] bool before(const Line* a, const Line* b) const;
    [[nodiscard]] std::uint32_t& position(Line* line) const { return line->position; }
  };

  struct ByDeadline {
    const std::vector<Slot>* slots;
    [[nodiscard]] bool before(const Line* a, const Line* b) const;
    [[nodiscard]] std::uint32_t& position(Line* line) const { return line->position; }
  };

  void join(ServerId server);
  void leave(ServerId server);
  void attach(Line& line);
  void detach(Line& line);
  void reweigh(Slot& slot, Weight weight);
  [[nodiscard]] Line* enter_line(Weight weight);
  void quit_line(Line* line);
  void move_back();

  [[nodiscard]] bool may_start(const Line& line) const;
  [[nodiscard]] std::int64_t ideal_place(std::int64_t weight) const;

  std::vector<Slot> slots_;
  std::unordered_map<Weight, Line> lines_;
  PositionedHeap<Line*, ByStart>
      waiting_;  // lines whose head may not start yet, as far as is known
  PositionedHeap<Line*, ByDeadline> ready_;  // lines whose head may start, as far as is known

  // sum_ / weight_ is the common time: over those that run, or as the last of them left it.
  std::int64_t sum_ = 0;
  std::int64_t weight_ = 1;
  std::uint32_t running_ = 0;
};

}  // namespace balancer
