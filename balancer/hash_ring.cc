#include "balancer/hash_ring.h"

#include <algorithm>
#include <bit>
#include <cassert>

#include "balancer/hash.h"

namespace balancer {

namespace {

// As many numbers has each id for its points.
constexpr std::uint32_t kRange = 4096;
static_assert(kRange == kMaxWeight);

template <typename Visit>
void for_each_point(std::span<const std::uint32_t> ids, std::span<const Candidate> candidates,
                    Visit visit) {
  for (const Candidate& candidate : candidates) {
    if (!candidate.usable) continue;
    const std::uint32_t base = ids[candidate.server] * kRange;
    for (std::uint32_t i = 0; i < candidate.weight; ++i)
      visit(avalanche(base + i), candidate.server);
  }
}

std::size_t count_points(std::span<const Candidate> candidates) {
  std::size_t count = 0;
  for (const Candidate& candidate : candidates)
    if (candidate.usable) count += candidate.weight;
  return count;
}

}  // namespace

// The points are dealt out to their stretches and sorted there, which leaves little to sort.
HashRing::HashRing(std::span<const std::uint32_t> ids, std::span<const Candidate> candidates)
    : size_(count_points(candidates)), points_(size_ + kWindow, kBehindAll) {
  const int bits = std::clamp(static_cast<int>(std::bit_width(size_)), 1, 31);
  shift_ = 32 - bits;
  const std::size_t stretches = std::size_t{1} << bits;

  begins_.resize(stretches + 1);
  for_each_point(ids, candidates,
                 [&](std::uint32_t hash, ServerId /*server*/) { ++begins_[stretch_of(hash)]; });
  std::uint32_t end = 0;
  for (std::uint32_t& begin : begins_) begin = end += begin;  // for now, where each one ends
  for_each_point(ids, candidates, [&](std::uint32_t hash, ServerId server) {
    points_[--begins_[stretch_of(hash)]] = Point{hash} << 32 | server;
  });
  for (std::size_t stretch = 0; stretch < stretches; ++stretch) {
    const auto first = points_.begin();
    std::sort(first + begins_[stretch], first + begins_[stretch + 1]);
  }
}

std::size_t HashRing::nearest(std::uint32_t hash) const {
  assert(size_ > 0);
  // Points of later stretches lie behind any hash of this one, so nobody asks where it ends.
  const Point wanted = Point{hash} << 32;
  std::size_t next = begins_[stretch_of(hash)];
  std::size_t passed = 0;
  do {
    passed = 0;
    for (std::size_t i = 0; i < kWindow; ++i)
      passed += static_cast<std::size_t>(points_[next + i] < wanted);
    next += passed;
  } while (passed == kWindow);
  if (next == size_) next = 0;
  const std::size_t before = (next == 0 ? size_ : next) - 1;
  const std::uint32_t back = hash - hash_of(points_[before]);
  const std::uint32_t ahead = hash_of(points_[next]) - hash;
  return back <= ahead ? before : next;
}

}  // namespace balancer
