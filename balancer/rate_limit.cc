#include "balancer/rate_limit.h"

#include <algorithm>

namespace balancer {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;  // ns

}  // namespace

Tick RateLimit::take(Tick now) {
  if (rate_ == 0) return 0;
  const std::uint64_t time = now * kMillisecond;
  std::uint64_t paid_until = paid_until_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t from = std::max(paid_until, time);
    if (from > time + kTolerance)
      return (from - time - kTolerance + kMillisecond - 1) / kMillisecond;
    if (paid_until_.compare_exchange_weak(paid_until, from + interval(), std::memory_order_relaxed))
      return 0;
  }
}

void RateLimit::give_back() {
  if (rate_ == 0) return;
  std::uint64_t paid_until = paid_until_.load(std::memory_order_relaxed);
  while (!paid_until_.compare_exchange_weak(paid_until,
                                            paid_until > interval() ? paid_until - interval() : 0,
                                            std::memory_order_relaxed)) {
  }
}

}  // namespace balancer
