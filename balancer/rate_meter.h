#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "balancer/policy.h"

namespace balancer {

// How many came in the last second, and the most that ever came in one. For any thread, without a
// lock; as HAProxy's freq_ctr has it (freq_ctr.h): seconds follow each other from the first to come
// after a pause, and what counts of the one before is the part of it that a sliding second still
// covers.
class RateMeter {
 public:
  RateMeter() = default;

  // Only while nobody counts: for what is still being set up.
  RateMeter(RateMeter&& other) noexcept
      : second_(other.second_.load()), before_(other.before_.load()), most_(other.most_.load()) {}

  RateMeter& operator=(RateMeter&& other) noexcept {
    second_ = other.second_.load();
    forgotten_ = other.forgotten_.load();
    before_ = other.before_.load();
    most_ = other.most_.load();
    return *this;
  }

  void count(Tick now) {
    std::uint64_t packed = second_.load(std::memory_order_relaxed);
    const bool goes_on = static_cast<std::uint32_t>(now) - unpack(packed).since < kSecond;
    if (goes_on && second_.compare_exchange_strong(packed, packed + 1, std::memory_order_relaxed))
      return;
    count_slowly(now);
  }

  // The same where only one thread counts at a time.
  void count_alone(Tick now) {
    const std::uint64_t packed = second_.load(std::memory_order_relaxed);
    if (static_cast<std::uint32_t>(now) - unpack(packed).since >= kSecond) return count_slowly(now);
    second_.store(packed + 1, std::memory_order_relaxed);
  }

  [[nodiscard]] std::uint32_t rate(Tick now) const;

  // In one of those seconds.
  [[nodiscard]] std::uint32_t most() const {
    return std::max(most_.load(std::memory_order_relaxed),
                    told_of(second_.load(std::memory_order_relaxed)));
  }
  // What came before does not count, unless more comes in the same second.
  void forget_most() {
    most_.store(0, std::memory_order_relaxed);
    forgotten_.store(second_.load(std::memory_order_relaxed), std::memory_order_relaxed);
  }

 private:
  static constexpr std::uint32_t kSecond = 1000;  // ms

  // Where another second begins.
  void count_slowly(Tick now);

  // When a second began, in the lower half of a tick's milliseconds, and how many came in it.
  struct Second {
    std::uint32_t since;
    std::uint32_t count;
  };
  [[nodiscard]] static std::uint64_t pack(Second second) {
    return std::uint64_t{second.since} << 32U | second.count;
  }
  [[nodiscard]] static Second unpack(std::uint64_t packed) {
    return {static_cast<std::uint32_t>(packed >> 32U), static_cast<std::uint32_t>(packed)};
  }

  // How many came in a second, for the most of them.
  [[nodiscard]] std::uint32_t told_of(std::uint64_t packed) const {
    return packed == forgotten_.load(std::memory_order_relaxed) ? 0 : unpack(packed).count;
  }

  std::atomic<std::uint64_t> second_{0};
  std::atomic<std::uint64_t> forgotten_{0};  // what it was when the most was forgotten
  std::atomic<std::uint32_t> before_{0};     // came in the second before
  std::atomic<std::uint32_t> most_{0};       // in a second that is over
};

}  // namespace balancer
