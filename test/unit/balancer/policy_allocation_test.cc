#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "balancer/make_policy.h"
#include "test/unit/balancer/allocations.h"
#include "test/unit/balancer/support.h"

using balancer::Candidate;
using balancer::Policy;
using balancer::ServerId;
using conf::Algorithm;

TEST_CASE("no policy allocates once it knows its servers", "[balancer]") {
  conf::Backend config = backend_of(300);
  config.balance.by =
      GENERATE(Algorithm::kRoundRobin, Algorithm::kLeastConnections, Algorithm::kFirst,
               Algorithm::kRandom, Algorithm::kPeakEwma, Algorithm::kStaticRoundRobin,
               Algorithm::kSource, Algorithm::kHash, Algorithm::kMaglev);
  CAPTURE(static_cast<int>(config.balance.by));
  const std::unique_ptr<Policy> policy = balancer::make_policy(config);
  std::vector<Candidate> candidates;
  for (ServerId id = 0; id < 300; ++id) {
    candidates.push_back({.server = id, .weight = 16, .usable = true});
    policy->set(id, 16, true);
  }
  if (auto table = policy->build(candidates)) policy->adopt(table);

  const std::size_t before = allocations();
  int picked = 0;
  for (balancer::Tick now = 0; now < 20; ++now) {
    for (ServerId id = 0; id < 300; id += 2) policy->full(id);
    for (ServerId id = 0; id < 300; id += 2) policy->free(id);
    for (ServerId id = 0; id < 300; ++id) {
      const std::array<std::uint8_t, 4> key = {10, 0, 0, static_cast<std::uint8_t>(id % 100)};
      const auto server = policy->pick(key, now);
      picked += server.has_value() ? 1 : 0;
      policy->taken(id);
      policy->answered(id, std::chrono::microseconds{id}, now);
    }
    for (ServerId id = 0; id < 300; ++id) policy->released(id);
  }
  const std::size_t after = allocations();

  CHECK(after == before);
  CHECK(picked == 6000);
}
