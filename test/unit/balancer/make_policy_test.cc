#include "balancer/make_policy.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "test/unit/balancer/support.h"

using balancer::Policy;
using balancer::ServerId;
using conf::Algorithm;
using namespace std::chrono_literals;

namespace {

conf::Balance balance_by(Algorithm algorithm) {
  conf::Balance balance;
  balance.by = algorithm;
  return balance;
}

// Two servers alike, of which the first was given a session, and the second has the lower id.
std::unique_ptr<Policy> policy_of(const conf::Balance& balance) {
  conf::Backend config = backend_of(2);
  config.balance = balance;
  config.servers[0].id = 9;
  config.servers[1].id = 4;
  std::unique_ptr<Policy> policy = balancer::make_policy(config);
  for (ServerId id = 0; id < 2; ++id) policy->set(id, 16, true);
  policy->taken(0);
  return policy;
}

}  // namespace

TEST_CASE("leastconn picks the server that has no session", "[balancer]") {
  const auto policy = policy_of(balance_by(Algorithm::kLeastConnections));

  CHECK(policy->pick({}, 0) == 1U);
  policy->taken(1);
  policy->released(0);
  CHECK(policy->pick({}, 0) == 0U);
}

TEST_CASE("first goes by the ids of the configuration", "[balancer]") {
  const auto policy = policy_of(balance_by(Algorithm::kFirst));

  CHECK(policy->pick({}, 0) == 1U);
  policy->taken(1);
  CHECK(policy->pick({}, 0) == 1U);
}

TEST_CASE("random draws as often as was asked for", "[balancer]") {
  const auto to_loaded = [](std::uint32_t draws) {
    conf::Balance balance = balance_by(Algorithm::kRandom);
    balance.draws = draws;
    const auto policy = policy_of(balance);
    int picks = 0;
    for (int i = 0; i < 1000; ++i) picks += policy->pick({}, 0) == 0U ? 1 : 0;
    return picks;
  };

  // All draws hit the loaded one with 1 / 2^draws. The seed is another each time: the bounds are
  // eight standard deviations away.
  CHECK(to_loaded(1) > 350);
  CHECK(to_loaded(2) > 140);
  CHECK(to_loaded(2) < 360);
  CHECK(to_loaded(64) == 0);
}

TEST_CASE("peak-ewma forgets by the decay of the configuration", "[balancer]") {
  const auto after = [](std::chrono::milliseconds decay) {
    conf::Balance balance = balance_by(Algorithm::kPeakEwma);
    balance.decay = decay;
    const auto policy = policy_of(balance);
    policy->released(0);
    policy->answered(0, 50ms, 0);
    policy->answered(1, 10ms, 1000);
    return policy->pick({}, 1000);
  };

  CHECK(after(10s) == 1U);
  CHECK(after(100ms) == 0U);
}
