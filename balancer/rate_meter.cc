#include "balancer/rate_meter.h"

namespace balancer {
namespace {

// Raises what is only ever raised.
void raise(std::atomic<std::uint32_t>& most, std::uint32_t count) {
  std::uint32_t seen = most.load(std::memory_order_relaxed);
  while (seen < count && !most.compare_exchange_weak(seen, count, std::memory_order_relaxed)) {
  }
}

// How long after a second's begin it is. Another thread's clock may have begun it a little ahead of
// this one's; what lies further back is no second of now.
std::uint32_t after(std::uint32_t since, std::uint32_t tick) {
  constexpr std::uint32_t kBehind = 1000;
  const std::uint32_t elapsed = tick - since;
  return elapsed > UINT32_MAX - kBehind ? 0 : elapsed;
}

}  // namespace

void RateMeter::count_slowly(Tick now) {
  const auto tick = static_cast<std::uint32_t>(now);
  std::uint64_t packed = second_.load(std::memory_order_relaxed);
  for (;;) {
    Second second = unpack(packed);
    const std::uint32_t elapsed = after(second.since, tick);
    const bool over = elapsed >= kSecond;
    const bool paused = elapsed >= 2 * kSecond;
    const std::uint32_t came = second.count;
    const std::uint32_t told = told_of(packed);
    if (over) second = {.since = paused ? tick : second.since + kSecond, .count = 0};
    ++second.count;
    if (!second_.compare_exchange_weak(packed, pack(second), std::memory_order_relaxed)) continue;
    if (!over) return;
    before_.store(paused ? 0 : came, std::memory_order_relaxed);
    return raise(most_, told);
  }
}

std::uint32_t RateMeter::rate(Tick now) const {
  const Second second = unpack(second_.load(std::memory_order_relaxed));
  const std::uint32_t elapsed = after(second.since, static_cast<std::uint32_t>(now));
  if (elapsed >= 2 * kSecond) return 0;
  const bool over = elapsed >= kSecond;
  const std::uint64_t past = over ? second.count : before_.load(std::memory_order_relaxed);
  const std::uint64_t current = over ? 0 : second.count;
  const std::uint64_t left = (over ? 2 : 1) * kSecond - elapsed;
  // A single one is told until its second is over, rather than as a part of one.
  if (past <= 1 && current == 0) return static_cast<std::uint32_t>(past);
  return static_cast<std::uint32_t>(current + past * left / kSecond);
}

}  // namespace balancer
