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
  [[nodiscard]] Tick take(Tick now) {
    const std::uint32_t rate = this->rate();
    return rate == 0 ? 0 : take_at(rate, now);
  }

  // Gives one back that was taken in vain.
  void give_back() {
    if (const std::uint32_t rate = this->rate(); rate != 0) give_back_at(rate);
  }

  // From now on, whatever was let through before.
  void set(std::uint32_t rate);

  [[nodiscard]] std::uint32_t rate() const { return rate_.load(std::memory_order_relaxed); }
  // Nobody more is let through now.
  [[nodiscard]] bool reached(Tick now) const;

 private:
  [[nodiscard]] Tick take_at(std::uint32_t rate, Tick now);
  void give_back_at(std::uint32_t rate);

  std::atomic<std::uint32_t> rate_;
  std::atomic<std::uint64_t> paid_until_ = 0;  // ns of the clock that `now` is of
};

}  // namespace balancer
