#include "balancer/limit.h"

#include <bit>
#include <cassert>

namespace balancer {

// A worker marks itself before it looks at the count for the last time, and a release lowers the
// count, as set_max() raises the maximum, before it looks for marks. In the one order of all these
// operations (they are sequentially consistent) either the worker sees the free slot or the release
// sees the mark.
bool Limit::take(std::uint32_t worker) {
  assert(worker < kMaxWorkers);
  const std::uint64_t mark = std::uint64_t{1} << worker;
  if (!try_take()) {
    paused_.fetch_or(mark);
    if (!try_take()) return false;
  }
  if ((paused_.load(std::memory_order_relaxed) & mark) != 0) paused_.fetch_and(~mark);
  return true;
}

std::optional<std::uint32_t> Limit::release() {
  [[maybe_unused]] const std::uint32_t before = taken_.fetch_sub(1);
  assert(before > 0);
  std::uint64_t paused = paused_.load();
  while (paused != 0) {
    const std::uint32_t from = next_.load(std::memory_order_relaxed);
    const auto distance = std::countr_zero(std::rotr(paused, static_cast<int>(from)));
    const std::uint32_t worker = (from + static_cast<std::uint32_t>(distance)) % kMaxWorkers;
    if (paused_.compare_exchange_weak(paused, paused & ~(std::uint64_t{1} << worker))) {
      next_.store((worker + 1) % kMaxWorkers, std::memory_order_relaxed);
      return worker;
    }
  }
  return std::nullopt;
}

std::uint64_t Limit::set_max(std::uint32_t max) {
  max_.store(max);
  return paused_.exchange(0);
}

void Limit::use() {
  const std::uint32_t used = taken();
  std::uint32_t most = most_.load(std::memory_order_relaxed);
  while (most < used && !most_.compare_exchange_weak(most, used, std::memory_order_relaxed)) {
  }
}

bool Limit::try_take() {
  std::uint32_t taken = taken_.load();
  while (taken < max_.load()) {
    if (taken_.compare_exchange_weak(taken, taken + 1)) return true;
  }
  return false;
}

}  // namespace balancer
