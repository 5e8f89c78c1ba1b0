#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "balancer/policy.h"

namespace balancer {

// Bounds the retries of a backend by its sessions, so that one that is dying is not sent a multiple
// of its connects: those of the last ten seconds are at most a percentage of the sessions of the
// last ten seconds. Ten retries are always allowed, for a quiet backend. The idea is Finagle's
// (com.twitter.finagle.service.RetryBudget).
class RetryBudget {
 public:
  // 0 percent: no bound.
  explicit RetryBudget(std::uint32_t percent) : percent_(percent) {}

  void session(Tick now) {
    if (percent_ != 0) ++bucket(now).sessions;
  }

  // Takes one; false: there is none left.
  [[nodiscard]] bool retry(Tick now);

 private:
  static constexpr std::size_t kSeconds = 10;
  static constexpr std::uint64_t kAlways = 10;

  // What happened in one second.
  struct Bucket {
    std::uint64_t second = 0;
    std::uint64_t sessions = 0;
    std::uint64_t retries = 0;
  };

  [[nodiscard]] Bucket& bucket(Tick now);

  std::uint32_t percent_;
  std::array<Bucket, kSeconds> buckets_{};
};

}  // namespace balancer
