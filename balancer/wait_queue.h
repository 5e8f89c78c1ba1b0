#pragma once

#include <cstdint>
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

// Sessions in the order of their arrival. Everything is O(1); only push() allocates, and only when
// the queue is longer than ever before.
class WaitQueue {
 public:
  // The answer is a ticket, never 0, for leave().
  [[nodiscard]] std::uint64_t push(Waiter waiter, Key key);

  // False: the waiter is no longer in the queue.
  bool leave(std::uint64_t ticket);

  // Takes the first one out. Requires that somebody waits.
  Waiter pop();

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
    std::uint32_t before = kNobody;
    std::uint32_t after = kNobody;  // also chains the unused nodes
    bool waiting = false;
  };

  void unlink(std::uint32_t index);

  std::vector<Node> nodes_;
  std::uint32_t first_ = kNobody;
  std::uint32_t last_ = kNobody;
  std::uint32_t unused_ = kNobody;
  std::uint32_t size_ = 0;
};

}  // namespace balancer
