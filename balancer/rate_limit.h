#pragma once

#include <atomic>
#include <cstdint>

#include "balancer/policy.h"

namespace balancer {

// A rate that is not exceeded by more than a tenth of a second's worth at once. The generic cell
// rate algorithm (ITU-T I.371): one number, the time at which all that was let through is paid for.
// For any thread, without a lock.
class RateLimit {
 public:
  // A second; 0: no limit.
  explicit RateLimit(std::uint32_t rate) : rate_(rate) {}

  // Takes one. The answer is 0, or in how many milliseconds it can be tried again.
  [[nodiscard]] Tick take(Tick now);

  // Gives one back that was taken in vain.
  void give_back();

 private:
  [[nodiscard]] std::uint64_t interval() const { return kSecond / rate_; }

  static constexpr std::uint64_t kSecond = 1'000'000'000;  // ns
  static constexpr std::uint64_t kTolerance = kSecond / 10;

  const std::uint32_t rate_;
  std::atomic<std::uint64_t> paid_until_ = 0;  // ns of the clock that `now` is of
};

}  // namespace balancer
