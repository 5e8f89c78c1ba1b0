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

// A waiter that came out of the queue. `place` is 1 more than the number of those that were served
// while it waited: HAProxy's %bq. Who leaves from before it is not counted.
struct Served {
  Waiter waiter;
  std::uint32_t place = 0;
};

// Sessions in the order of their arrival. Everything is O(1); only push() allocates, and only when
// the queue is longer than ever before.
class WaitQueue {
 public:
  // The answer is a ticket, never 0, for leave().
  [[nodiscard]] std::uint64_t push(Waiter waiter, Key key);

  // Takes a waiter out before its turn and tells its place; nullopt: it is no longer in the queue.
  std::optional<std::uint32_t> leave(std::uint64_t ticket);

  // Serves the first one. Requires that somebody waits.
  Served pop();

  // The key of the first one. Requires that somebody waits.
  [[nodiscard]] Key first_key() const;

  [[nodiscard]] bool empty() const { return size_ == 0; }
  [[nodiscard]] std::uint32_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kNobody = UINT32_MAX;

  struct Node {
    Waiter waiter;
    StoredKey key;
    std::uint32_t generation = 1;  // counts the uses of this node
    std::uint32_t served = 0;      // of the queue, when it came
    std::uint32_t before = kNobody;
    std::uint32_t after = kNobody;  // also chains the unused nodes
    bool waiting = false;
  };

  [[nodiscard]] std::uint32_t place(const Node& node) const { return served_ - node.served + 1; }
  void unlink(std::uint32_t index);

  std::vector<Node> nodes_;
  std::uint32_t first_ = kNobody;
  std::uint32_t last_ = kNobody;
  std::uint32_t unused_ = kNobody;
  std::uint32_t size_ = 0;
  std::uint32_t served_ = 0;  // since ever; it may wrap around
};

}  // namespace balancer
