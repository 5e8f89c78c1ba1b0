#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <memory>
#include <new>
#include <utility>

namespace lb::telemetry {

// A queue from one thread to one other, without a lock. A slot holds no T until one is pushed, so a
// ring costs only the pages it has used. The indices only grow; each side writes its own, on its
// own cache line.
template <typename T, std::size_t kCapacity>
class Ring {
  static_assert(std::has_single_bit(kCapacity));

 public:
  Ring() = default;
  Ring(const Ring&) = delete;
  Ring& operator=(const Ring&) = delete;
  ~Ring() {
    consume(kCapacity, [](T&) {});
  }

  // The producer's. False when full; `value` is then untouched.
  template <typename U>
  [[nodiscard]] bool push(U&& value) {
    const std::size_t tail = tail_.load(std::memory_order_relaxed);
    if (tail - known_head_ == kCapacity) {
      known_head_ = head_.load(std::memory_order_acquire);
      if (tail - known_head_ == kCapacity) return false;
    }
    std::construct_at(reinterpret_cast<T*>(slots_[tail % kCapacity].bytes), std::forward<U>(value));
    tail_.store(tail + 1, std::memory_order_release);
    return true;
  }

  // The consumer's. Gives the oldest, at most `limit`, to `use` in order and returns how many they
  // were. Their slots are free again when all have been used.
  template <typename F>
  std::size_t consume(std::size_t limit, F&& use) {
    const std::size_t head = head_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(limit, tail_.load(std::memory_order_acquire) - head);
    for (std::size_t i = 0; i < count; ++i) {
      T* value = std::launder(reinterpret_cast<T*>(slots_[(head + i) % kCapacity].bytes));
      use(*value);
      std::destroy_at(value);
    }
    head_.store(head + count, std::memory_order_release);
    return count;
  }

  // The consumer's.
  [[nodiscard]] bool empty() const {
    return head_.load(std::memory_order_relaxed) == tail_.load(std::memory_order_acquire);
  }

 private:
  static constexpr std::size_t kCacheLine = 64;

  struct Slot {
    alignas(T) std::byte bytes[sizeof(T)];
  };

  std::unique_ptr<Slot[]> slots_ = std::make_unique_for_overwrite<Slot[]>(kCapacity);
  alignas(kCacheLine) std::atomic<std::size_t> head_ = 0;  // the consumer's
  alignas(kCacheLine) std::atomic<std::size_t> tail_ = 0;  // the producer's, as is the next
  std::size_t known_head_ = 0;  // head_ as last seen: saves reading its line
};

}  // namespace lb::telemetry
