#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace balancer {

// A binary heap whose members know where they stand, so that any of them can leave in O(log n).
// `Order` answers before(a, b), a strict order, and position(a), a reference to where a's position
// is kept. Only reserve() allocates.
template <typename T, typename Order>
class PositionedHeap {
 public:
  explicit PositionedHeap(Order order) : order_(order) {}

  // Makes room for `size` members; calling it for one more each time is cheap.
  void reserve(std::size_t size) {
    if (size > members_.capacity()) members_.reserve(std::max(size, 2 * members_.capacity()));
  }

  // Requires room.
  void push(T member) {
    members_.push_back(member);
    rise(members_.size() - 1, member);
  }

  // Requires that `member` is in this heap.
  void erase(T member) {
    const std::size_t hole = order_.position(member);
    const T last = members_.back();
    members_.pop_back();
    if (last == member) return;
    put(hole, last);
    restore(last);
  }

  // Finds the right place for a member whose rank has changed.
  void restore(T member) {
    const std::size_t at = order_.position(member);
    if (at > 0 && order_.before(member, members_[(at - 1) / 2])) {
      rise(at, member);
    } else {
      sink(at, member);
    }
  }

  [[nodiscard]] bool empty() const { return members_.empty(); }
  [[nodiscard]] T top() const { return members_.front(); }

 private:
  void put(std::size_t at, T member) {
    members_[at] = member;
    order_.position(member) = static_cast<std::uint32_t>(at);
  }

  void rise(std::size_t at, T member) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / 2;
      if (!order_.before(member, members_[parent])) break;
      put(at, members_[parent]);
      at = parent;
    }
    put(at, member);
  }

  void sink(std::size_t at, T member) {
    for (std::size_t child = 2 * at + 1; child < members_.size(); child = 2 * at + 1) {
      if (child + 1 < members_.size() && order_.before(members_[child + 1], members_[child]))
        ++child;
      if (!order_.before(members_[child], member)) break;
      put(at, members_[child]);
      at = child;
    }
    put(at, member);
  }

  Order order_;
  std::vector<T> members_;
};

}  // namespace balancer
