#include "balancer/retry_budget.h"

#include <algorithm>

namespace balancer {

bool RetryBudget::retry(Tick now) {
  if (percent_ == 0) return true;
  Bucket& current = bucket(now);
  std::uint64_t sessions = 0;
  std::uint64_t retries = 0;
  for (const Bucket& one : buckets_) {
    if (one.second + kSeconds <= current.second) continue;
    sessions += one.sessions;
    retries += one.retries;
  }
  if (retries >= std::max(kAlways, sessions * percent_ / 100)) return false;
  ++current.retries;
  return true;
}

RetryBudget::Bucket& RetryBudget::bucket(Tick now) {
  const std::uint64_t second = now / 1000;
  Bucket& one = buckets_[second % kSeconds];
  if (one.second != second) one = {.second = second};
  return one;
}

}  // namespace balancer
