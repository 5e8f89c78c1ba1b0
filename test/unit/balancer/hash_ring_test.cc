#include "balancer/hash_ring.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <utility>
#include <vector>

#include "balancer/hash.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/table_policy.h"

using balancer::Candidate;
using balancer::HashRing;
using balancer::ServerId;

namespace {

using Points = std::vector<std::pair<std::uint32_t, ServerId>>;  // sorted

Points points_of(const std::vector<std::uint32_t>& ids, const std::vector<Candidate>& candidates) {
  Points points;
  for (const Candidate& candidate : candidates) {
    for (std::uint32_t i = 0; candidate.usable && i < candidate.weight; ++i)
      points.emplace_back(balancer::avalanche(ids[candidate.server] * 4096 + i), candidate.server);
  }
  std::ranges::sort(points);
  return points;
}

// The first point that is not before the hash and the last one that is, as HAProxy finds them in
// its tree; the nearer one.
std::size_t nearest(const Points& points, std::uint32_t hash) {
  std::size_t next = 0;
  while (next < points.size() && points[next].first < hash) ++next;
  next %= points.size();
  const std::size_t before = (next + points.size() - 1) % points.size();
  const std::uint32_t back = hash - points[before].first;
  const std::uint32_t ahead = points[next].first - hash;
  return back <= ahead ? before : next;
}

void check_equal(const std::vector<std::uint32_t>& ids, const std::vector<Candidate>& candidates,
                 Random& random) {
  const HashRing ring(ids, candidates);
  const Points points = points_of(ids, candidates);
  REQUIRE(ring.size() == points.size());
  for (std::size_t at = 0; at < points.size(); ++at) REQUIRE(ring.server(at) == points[at].second);
  if (points.empty()) return;

  std::vector<std::uint32_t> hashes = {0, UINT32_MAX, 1U << 31};
  for (int i = 0; i < 30; ++i) hashes.push_back(random.below(UINT32_MAX));
  for (int i = 0; i < 10; ++i) {
    const std::size_t at = random.below(static_cast<std::uint32_t>(points.size()));
    const std::uint32_t point = points[at].first;
    const std::uint32_t next = points[(at + 1) % points.size()].first;
    const std::uint32_t middle = point + (next - point) / 2;
    for (const std::uint32_t near : {point, middle})
      hashes.insert(hashes.end(), {near - 1, near, near + 1});
  }
  for (const std::uint32_t hash : hashes) {
    CAPTURE(hash);
    REQUIRE(ring.nearest(hash) == nearest(points, hash));
  }
}

}  // namespace

TEST_CASE("the ring finds the nearest of all points, also across its ends", "[balancer]") {
  const auto seed = GENERATE(range(1U, 201U));
  CAPTURE(seed);
  Random random(seed);
  std::vector<std::uint32_t> ids;
  std::vector<Candidate> candidates;
  const std::uint32_t servers = random.below(seed % 20 == 0 ? 200 : 6);
  for (ServerId server = 0; server < servers; ++server) {
    ids.push_back(random.below(2) == 0 ? server + 1 : random.below(UINT32_MAX));
    candidates.push_back({.server = server,
                          .weight = random.below(seed % 4 == 0 ? 300 : 3),
                          .usable = random.below(5) != 0});
  }

  check_equal(ids, candidates, random);
}

TEST_CASE("of servers on the same points the first one counts", "[balancer]") {
  const std::vector<std::uint32_t> ids = {7, 7};
  const std::vector<Candidate> candidates = {{.server = 0, .weight = 16, .usable = true},
                                             {.server = 1, .weight = 16, .usable = true}};
  Random random(1);

  check_equal(ids, candidates, random);
}
