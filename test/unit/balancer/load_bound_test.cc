#include "balancer/load_bound.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "test/unit/balancer/random.h"

using balancer::Candidate;
using balancer::LoadBound;
using balancer::ServerId;

TEST_CASE("the slots of all servers are the load times the factor, or one more for who has none",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 101U));
  CAPTURE(seed);
  Random random(seed);
  std::vector<Candidate> candidates;
  std::uint64_t total = 0;
  for (ServerId server = 0; server < 1 + seed % 9; ++server) {
    candidates.push_back({.server = server,
                          .weight = 1 + random.below(4096),
                          .usable = server == 0 || random.below(4) != 0});
    if (candidates.back().usable) total += candidates.back().weight;
  }
  const std::uint32_t percent = 101 + random.below(300);
  const LoadBound bound(percent, candidates);

  for (int i = 0; i < 50; ++i) {
    const std::uint32_t open = random.below(i < 25 ? 50 : 2'000'000);
    const std::uint64_t all = ((std::uint64_t{open} + 1) * percent + 99) / 100;
    std::uint64_t sum = 0;
    std::uint64_t most = 0;
    for (const Candidate& candidate : candidates) {
      if (!candidate.usable) continue;
      const std::uint64_t slots = bound.slots(candidate.server, open);
      const double share = static_cast<double>(all) * candidate.weight / static_cast<double>(total);
      REQUIRE(static_cast<double>(slots) < share + 1.000001);
      REQUIRE(static_cast<double>(slots) > share - 1.000001);
      sum += slots;
      most += slots == 1 ? 1 : 0;
    }
    REQUIRE(sum >= all);
    REQUIRE(sum <= all + most);
  }
}

// 101 slots by three equal weights of 16: two for each unit, and the five left over go where the
// cumulated weights pass a whole number.
TEST_CASE("slots that cannot be divided go to servers in the order of the file", "[balancer]") {
  const std::vector<Candidate> candidates = {{.server = 0, .weight = 16, .usable = true},
                                             {.server = 1, .weight = 16, .usable = true},
                                             {.server = 2, .weight = 16, .usable = true}};
  const LoadBound bound(101, candidates);

  CHECK(bound.slots(0, 99) == 33);
  CHECK(bound.slots(1, 99) == 34);
  CHECK(bound.slots(2, 99) == 34);
  CHECK(bound.slots(0, 0) == 1);
}
