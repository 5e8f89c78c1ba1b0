#include "balancer/wait_queue.h"

#include <cassert>

namespace balancer {

std::uint64_t WaitQueue::push(Line line, Waiter waiter, Key key) {
  const std::uint32_t index = unused_node();
  Node& node = nodes_[index];
  node.waiter = waiter;
  node.key = LongStoredKey(key);
  node.arrival = ++arrivals_;
  node.waiting = true;
  link(index, line);
  ++size_;
  return std::uint64_t{node.generation} << 32 | index;
}

std::optional<Left> WaitQueue::leave(std::uint64_t ticket) {
  const auto index = static_cast<std::uint32_t>(ticket);
  if (index >= nodes_.size()) return std::nullopt;
  const Node& node = nodes_[index];
  if (!node.waiting || node.generation != ticket >> 32) return std::nullopt;
  const Left left = {.place = place(node), .line = node.line};
  retire(index);
  return left;
}

Served WaitQueue::pop(Line line) {
  assert(!empty(line));
  const std::uint32_t index = lines_[line].first;
  const Node& node = nodes_[index];
  const Served first = {.waiter = node.waiter, .place = place(node)};
  retire(index);
  ++lines_[line].served;
  return first;
}

Key WaitQueue::first_key(Line line) const {
  assert(!empty(line));
  return nodes_[lines_[line].first].key.view();
}

bool WaitQueue::earlier(Line line, Line other) const {
  return nodes_[lines_[line].first].arrival < nodes_[lines_[other].first].arrival;
}

void WaitQueue::move_first(Line from, Line to) {
  assert(!empty(from));
  const std::uint32_t index = lines_[from].first;
  unlink(index);
  link(index, to);
  lines_[to].moved = index;
}

std::uint32_t WaitQueue::unused_node() {
  if (unused_ == kNobody) {
    nodes_.emplace_back();
    return static_cast<std::uint32_t>(nodes_.size() - 1);
  }
  const std::uint32_t index = unused_;
  unused_ = nodes_[index].after;
  return index;
}

// The last of a line who came before `node`. Whoever was moved there before came earlier, mostly,
// so the search goes on from him.
std::uint32_t WaitQueue::place_for(const Node& node, const Ends& ends) const {
  if (ends.last == kNobody || nodes_[ends.last].arrival < node.arrival) return ends.last;
  std::uint32_t before = kNobody;
  if (ends.moved != kNobody) {
    const Node& moved = nodes_[ends.moved];
    const bool there = moved.waiting && &lines_[moved.line] == &ends;
    if (there && moved.arrival < node.arrival) before = ends.moved;
  }
  for (std::uint32_t next = before == kNobody ? ends.first : nodes_[before].after;
       nodes_[next].arrival < node.arrival; next = nodes_[next].after)
    before = next;
  return before;
}

void WaitQueue::link(std::uint32_t index, Line line) {
  Ends& ends = lines_[line];
  Node& node = nodes_[index];
  const std::uint32_t before = place_for(node, ends);
  node.line = line;
  node.served = ends.served;
  node.before = before;
  node.after = before == kNobody ? ends.first : nodes_[before].after;
  (node.before == kNobody ? ends.first : nodes_[node.before].after) = index;
  (node.after == kNobody ? ends.last : nodes_[node.after].before) = index;
  ++ends.size;
}

void WaitQueue::unlink(std::uint32_t index) {
  const Node& node = nodes_[index];
  Ends& ends = lines_[node.line];
  (node.before == kNobody ? ends.first : nodes_[node.before].after) = node.after;
  (node.after == kNobody ? ends.last : nodes_[node.after].before) = node.before;
  --ends.size;
}

void WaitQueue::retire(std::uint32_t index) {
  unlink(index);
  Node& node = nodes_[index];
  node.waiting = false;
  if (++node.generation == 0) node.generation = 1;
  node.after = unused_;
  unused_ = index;
  --size_;
}

}  // namespace balancer
