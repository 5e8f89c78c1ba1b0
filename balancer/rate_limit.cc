#include "balancer/rate_limit.h"

#include <algorithm>

namespace balancer {
namespace {

constexpr std::uint64_t kMillisecond = 1'000'000;  // ns
constexpr std::uint64_t kSecond = 1000 * kMillisecond;
constexpr std::uint64_t kTolerance = kSecond / 10;

}  // namespace

Tick RateLimit::take_at(std::uint32_t rate, Tick now) {
  const std::uint64_t time = now * kMillisecond;
  std::uint64_t paid_until = paid_until_.load(std::memory_order_relaxed);
  for (;;) {
    const std::uint64_t from = std::max(paid_until, time);
    if (from > time + kTolerance)
      return (from - time - kTolerance + kMillisecond - 1) / kMillisecond;
    if (paid_until_.compare_exchange_weak(paid_until, from + kSecond / rate,
                                          std::memory_order_relaxed))
      return 0;
  }
}

void RateLimit::give_back_at(std::uint32_t rate) {
  const std::uint64_t interval = kSecond / rate;
  std::uint64_t paid_until = paid_until_.load(std::memory_order_relaxed);
  while (!paid_until_.compare_exchange_weak(
      paid_until, paid_until > interval ? paid_until - interval : 0, std::memory_order_relaxed)) {
  }
}

void RateLimit::set(std::uint32_t rate) {
  rate_.store(rate, std::memory_order_relaxed);
  paid_until_.store(0, std::memory_order_relaxed);
}

bool RateLimit::reached(Tick now) const {
  return rate() != 0 &&
         paid_until_.load(std::memory_order_relaxed) > now * kMillisecond + kTolerance;
}

}  // namespace balancer
