#include "bench/load/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace bench {
namespace {

// A value's bucket is its 7 leading bits and how far they were shifted.
constexpr unsigned kBits = 7;
constexpr std::uint64_t kHalf = std::uint64_t{1} << (kBits - 1);
constexpr std::uint64_t kMost = std::chrono::nanoseconds(std::chrono::hours(1)).count();

unsigned shift_of(std::uint64_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value));
  return width > kBits ? width - kBits : 0;
}

std::size_t bucket_of(std::uint64_t value) {
  const unsigned shift = shift_of(value);
  return static_cast<std::size_t>(shift * kHalf + (value >> shift));
}

std::uint64_t upper_edge(std::size_t bucket) {
  if (bucket < 2 * kHalf) return bucket;
  const std::uint64_t shift = bucket / kHalf - 1;
  return ((bucket - shift * kHalf + 1) << shift) - 1;
}

}  // namespace

Histogram::Histogram() : buckets_(bucket_of(kMost) + 1) {}

void Histogram::record(Duration value) {
  const auto size =
      std::min(static_cast<std::uint64_t>(std::max<Duration::rep>(value.count(), 0)), kMost);
  ++buckets_[bucket_of(size)];
  ++count_;
  max_ = std::max(max_, size);
}

Duration Histogram::percentile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < buckets_.size(); ++bucket) {
    seen += buckets_[bucket];
    if (seen != 0 && seen >= wanted)
      return Duration(static_cast<Duration::rep>(std::min(upper_edge(bucket), max_)));
  }
  return Duration(0);
}

}  // namespace bench
