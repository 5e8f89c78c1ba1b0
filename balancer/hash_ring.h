#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "balancer/policy.h"

namespace balancer {

// HAProxy's ring for `hash-type consistent`: each server stands at as many points as its effective
// weight says, where the avalanche of id * 4096 + i puts the i-th, so only its own points come and
// go with it. Eight bytes a point and four to eight for its entry in the index.
class HashRing {
 public:
  // `ids`: by server, what a server is known by wherever it stands in the file (HAProxy's `id`). Of
  // servers on one point the first among the candidates comes first.
  HashRing(std::span<const std::uint32_t> ids, std::span<const Candidate> candidates);

  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] ServerId server(std::size_t at) const { return static_cast<ServerId>(points_[at]); }

  // The place of the point nearest to `hash` round the ring; of two at one distance the one before
  // it. One look at the index and one at the points, on average. Requires a point.
  [[nodiscard]] std::size_t nearest(std::uint32_t hash) const;

 private:
  // A point in the upper half, its server in the lower: sorted by both.
  using Point = std::uint64_t;
  static std::uint32_t hash_of(Point point) { return static_cast<std::uint32_t>(point >> 32); }
  [[nodiscard]] std::size_t stretch_of(std::uint32_t hash) const { return hash >> shift_; }

  // So many points are looked at without a branch that depends on them; nearly always enough.
  static constexpr std::size_t kWindow = 4;
  static constexpr Point kBehindAll = UINT64_MAX;

  std::size_t size_;
  std::vector<Point> points_;  // and a window of nothing at their end
  // The ring in stretches of one length, so many that each has a point or less: where the points of
  // each begin, and at last where they end.
  std::vector<std::uint32_t> begins_;
  int shift_ = 31;
};

}  // namespace balancer
