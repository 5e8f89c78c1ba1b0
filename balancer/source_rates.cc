#include "balancer/source_rates.h"

#include <algorithm>
#include <cassert>

namespace balancer {
namespace {

constexpr std::uint64_t kSecond = 1'000'000;  // us
constexpr std::uint64_t kMillisecond = 1'000;
constexpr std::size_t kFewest = 64;  // addresses of a shard that are not worth a sweep

}  // namespace

SourceRates::SourceRates(std::uint32_t rate)
    : interval_(std::max<std::uint64_t>(kSecond / rate, 1)) {
  assert(rate > 0);
}

bool SourceRates::take(Key source, Tick now) {
  if (source.empty()) return true;
  const SourceKey key(source, this);
  const std::uint64_t time = now * kMillisecond;
  Shard& shard = shards_[key.shard()];
  const std::lock_guard lock(shard.mutex);
  if (shard.paid_until.size() >= shard.sweep_at) sweep(shard, time);
  std::uint64_t& paid_until = shard.paid_until[key];
  const std::uint64_t from = std::max(paid_until, time);
  if (from + interval_ > time + std::max(kSecond, interval_)) return false;
  paid_until = from + interval_;
  return true;
}

void SourceRates::sweep(Shard& shard, std::uint64_t time) {
  std::erase_if(shard.paid_until, [time](const auto& one) { return one.second <= time; });
  shard.sweep_at = std::max(kFewest, 2 * shard.paid_until.size());
}

std::size_t SourceRates::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    size += shard.paid_until.size();
  }
  return size;
}

}  // namespace balancer
