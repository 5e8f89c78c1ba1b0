#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/policy.h"
#include "balancer/positioned_heap.h"

namespace balancer {

// The server with the lowest load. HAProxy's score (configuration manual, "balance leastconn"; its
// fwlc): 0 without sessions, else (open + 1) / weight, where open are the sessions given and not
// ended. Scores are fractions, compared by cross multiplication: nothing is rounded. Of equals the
// one whose last session came longest ago, so equals take turns; at the start in the order of the
// file.
//
// A server that is full or not usable keeps its sessions and its place among equals.
class LeastConnections final : public Policy {
 public:
  LeastConnections();
  LeastConnections(const LeastConnections&) = delete;  // the heap points into it
  LeastConnections& operator=(const LeastConnections&) = delete;

  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;     // O(log n)
  void released(ServerId server) override;  // O(log n); requires a session taken before
  void full(ServerId server) override;
  void free(ServerId server) override;

  // O(1), and the same answer until something else is called: a turn is had with taken().
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;

  [[nodiscard]] bool floods() const override { return true; }

 private:
  struct Slot {
    std::uint64_t turn = 0;  // when its last session came, counted in sessions of all
    Weight weight = 0;
    std::uint32_t open = 0;
    std::uint32_t position = 0;  // in the heap, when it runs
    bool usable = false;
    bool full = false;
    [[nodiscard]] bool runs() const { return usable && !full && weight > 0; }
    [[nodiscard]] std::uint64_t load() const { return open == 0 ? 0 : std::uint64_t{open} + 1; }
  };

  struct ByLoad {
    std::vector<Slot>* slots;
    [[nodiscard]] bool before(ServerId a, ServerId b) const;
    [[nodiscard]] std::uint32_t& position(ServerId server) const;
  };

  // What the heap knew of the server has changed, and whether it is in there.
  void follow(ServerId server, bool ran);

  std::vector<Slot> slots_;
  PositionedHeap<ServerId, ByLoad> running_;
  std::uint64_t turns_ = 0;
};

}  // namespace balancer
