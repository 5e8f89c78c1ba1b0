#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "balancer/make_policy.h"
#include "conf/algorithm.h"
#include "test/unit/balancer/allocations.h"
#include "test/unit/balancer/table_policy.h"

using balancer::Policy;
using balancer::ServerId;
using conf::Algorithm;

TEST_CASE("no policy with a table allocates once it has one", "[balancer]") {
  conf::Backend config = weighted_backend(std::vector<std::uint32_t>(300, 3));
  config.balance.by = GENERATE(Algorithm::kStaticRoundRobin, Algorithm::kSource, Algorithm::kHash);
  config.balance.hash_type = GENERATE(conf::HashType::kMapBased, conf::HashType::kConsistent);
  config.balance.balance_factor = GENERATE(0U, 125U);
  const std::unique_ptr<Policy> policy = balancer::make_policy(config);
  const auto candidates = candidates_of(config);
  follow(*policy, candidates);
  std::unique_ptr<balancer::Table> table = policy->build(candidates);

  const std::size_t before = allocations();
  int picked = 0;
  for (std::uint8_t round = 0; round < 20; ++round) {
    for (ServerId id = 0; id < 300; id += 2) policy->full(id);
    for (ServerId id = 1; id < 300; id += 4) policy->set(id, 16, false);
    for (std::uint8_t client = 0; client < 100; ++client) {
      const std::uint8_t key[] = {10, round, 3, client};
      const auto server = policy->pick(client % 4 == 0 ? balancer::Key() : key, 0);
      picked += server.has_value() ? 1 : 0;
      policy->taken(client);
    }
    policy->adopt(table);
    for (ServerId id = 0; id < 300; id += 2) policy->free(id);
    for (ServerId id = 1; id < 300; id += 4) policy->set(id, 16, true);
    for (ServerId id = 0; id < 100; ++id) policy->released(id);
  }
  const std::size_t after = allocations();

  CHECK(after == before);
  CHECK(picked == 2000);
}

TEST_CASE("no table is built for what it would not show", "[balancer]") {
  conf::Backend config = weighted_backend(std::vector<std::uint32_t>(300, 3));
  config.balance.by =
      GENERATE(Algorithm::kStaticRoundRobin, Algorithm::kSource, Algorithm::kMaglev);
  GrantList waker;
  TestBackend backend(config, waker);
  set_health(backend, 7, balancer::Health::kDown);
  const bool is_static = conf::is_static(config.balance);

  const std::size_t before = allocations();
  for (std::uint32_t i = 1; i < 10; ++i) {
    backend.update(7, [i](balancer::Facts& facts) { facts.operator_weight = i; }, 0);
    backend.update(8, [i](balancer::Facts& facts) { facts.maxconn = i; }, 0);
    if (is_static)
      backend.update(9, [i](balancer::Facts& facts) { facts.agent_percent = 10 * i; }, 0);
  }
  const std::size_t after = allocations();
  set_health(backend, 7, balancer::Health::kUp);

  CHECK(after == before);
  CHECK(allocations() > after);
}
