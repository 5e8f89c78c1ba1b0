#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/policy.h"
#include "balancer/stored_key.h"

namespace balancer {

// A session that waits for a slot: how its worker finds it again. `generation` tells a reused slot
// apart.
struct Waiter {
  std::uint32_t worker = 0;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const Waiter&, const Waiter&) = default;
};

// A waiter that came out of its line. `place` is 1 more than the number of those that were served
// from that line while it waited in it: HAProxy's %sq and %bq. Who leaves from before it is not
// counted.
struct Served {
  Waiter waiter;
  std::uint32_t place = 0;
};

// Where a waiter was that left before its turn.
struct Left {
  std::uint32_t place = 0;
  std::uint32_t line = 0;
};

// Those who wait for a slot of a backend, in lines: one for whoever takes any server, and one for
// each server for those that want just that one. Everything is O(1) but moving; only push()
// allocates, and only when more wait than ever before.
class WaitQueue {
 public:
  using Line = std::uint32_t;

  explicit WaitQueue(std::uint32_t lines) : lines_(lines) {}

  // One more line.
  void extend() { lines_.emplace_back(); }

  // The answer is a ticket, never 0, for leave(). It stays right when the waiter is moved.
  [[nodiscard]] std::uint64_t push(Line line, Waiter waiter, Key key);

  // Takes a waiter out before its turn and tells its place; nullopt: it is no longer here.
  std::optional<Left> leave(std::uint64_t ticket);

  // Serves the first one of a line. Requires that somebody waits there, as those below.
  Served pop(Line line);
  [[nodiscard]] Key first_key(Line line) const;

  // Whether the first one of `line` came before the first one of `other`.
  [[nodiscard]] bool earlier(Line line, Line other) const;

  // The first one goes to another line, to the place that is due to when it came. Moving a whole
  // line, one after the other, is a merge: O(n) of both lines together.
  void move_first(Line from, Line to);

  [[nodiscard]] bool empty(Line line) const { return lines_[line].size == 0; }
  [[nodiscard]] std::uint32_t size(Line line) const { return lines_[line].size; }
  [[nodiscard]] std::uint32_t size() const { return size_; }  // of all lines

 private:
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  struct Node {
    Waiter waiter;
    LongStoredKey key;
    std::uint64_t arrival = 0;     // counts all who ever came
    std::uint32_t generation = 1;  // counts the uses of this node
    std::uint32_t served = 0;      // of its line, when it came there
    std::uint32_t before = kNobody;
    std::uint32_t after = kNobody;  // also chains the unused nodes
    Line line = 0;
    bool waiting = false;
  };

  struct Ends {
    std::uint32_t first = kNobody;
    std::uint32_t last = kNobody;
    std::uint32_t size = 0;
    std::uint32_t served = 0;       // since ever; it may wrap around
    std::uint32_t moved = kNobody;  // who was last moved here; may be gone
  };

  [[nodiscard]] std::uint32_t place(const Node& node) const {
    return lines_[node.line].served - node.served + 1;
  }
  [[nodiscard]] std::uint32_t unused_node();
  [[nodiscard]] std::uint32_t place_for(const Node& node, const Ends& ends) const;
  void link(std::uint32_t index, Line line);
  void unlink(std::uint32_t index);
  void retire(std::uint32_t index);

  std::vector<Node> nodes_;
  std::vector<Ends> lines_;
  std::uint32_t unused_ = kNobody;
  std::uint32_t size_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace balancer
