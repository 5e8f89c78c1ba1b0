#include "balancer/wait_queue.h"

#include <cassert>

namespace balancer {

std::uint64_t WaitQueue::push(Waiter waiter, Key key) {
  if (unused_ == kNobody) {
    unused_ = static_cast<std::uint32_t>(nodes_.size());
    nodes_.emplace_back();
  }
  const std::uint32_t index = unused_;
  Node& node = nodes_[index];
  unused_ = node.after;

  node.waiter = waiter;
  node.key = StoredKey(key);
  node.served = served_;
  node.before = last_;
  node.after = kNobody;
  node.waiting = true;
  (last_ == kNobody ? first_ : nodes_[last_].after) = index;
  last_ = index;
  ++size_;
  return std::uint64_t{node.generation} << 32 | index;
}

std::optional<std::uint32_t> WaitQueue::leave(std::uint64_t ticket) {
  const auto index = static_cast<std::uint32_t>(ticket);
  if (index >= nodes_.size()) return std::nullopt;
  const Node& node = nodes_[index];
  if (!node.waiting || node.generation != ticket >> 32) return std::nullopt;
  const std::uint32_t left_at = place(node);
  unlink(index);
  return left_at;
}

Served WaitQueue::pop() {
  assert(size_ > 0);
  const Node& node = nodes_[first_];
  const Served first = {.waiter = node.waiter, .place = place(node)};
  unlink(first_);
  ++served_;
  return first;
}

Key WaitQueue::first_key() const {
  assert(size_ > 0);
  return nodes_[first_].key.view();
}

void WaitQueue::unlink(std::uint32_t index) {
  Node& node = nodes_[index];
  (node.before == kNobody ? first_ : nodes_[node.before].after) = node.after;
  (node.after == kNobody ? last_ : nodes_[node.after].before) = node.before;
  node.waiting = false;
  if (++node.generation == 0) node.generation = 1;
  node.after = unused_;
  unused_ = index;
  --size_;
}

}  // namespace balancer
