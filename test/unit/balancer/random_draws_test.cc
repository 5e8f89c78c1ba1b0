#include "balancer/random_draws.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

#include "test/unit/balancer/give.h"
#include "test/unit/balancer/random.h"

using balancer::RandomDraws;
using balancer::ServerId;
using balancer::Weight;
using balancer::WeightedDraw;

TEST_CASE("random with two draws levels the sessions that one draw leaves uneven", "[balancer]") {
  const auto most_open = [](std::uint32_t draws) {
    RandomDraws policy(draws, 1);
    for (ServerId id = 0; id < 1000; ++id) policy.set(id, 16, true);
    std::vector<int> open(1000);
    for (int i = 0; i < 10'000; ++i) ++open[give(policy)];
    return *std::ranges::max_element(open);
  };

  // Ten each would be even.
  CHECK(most_open(1) > 17);
  CHECK(most_open(2) <= 14);
  CHECK(most_open(64) <= 11);
}

TEST_CASE("random gives sessions in proportion to the weights", "[balancer]") {
  const auto draws = GENERATE(1U, 2U, 5U);
  CAPTURE(draws);
  RandomDraws policy(draws, 1);
  policy.set(0, 16, true);
  policy.set(1, 48, true);
  policy.set(2, 64, true);

  std::vector<int> open(3);
  for (int i = 0; i < 80'000; ++i) ++open[give(policy)];

  CHECK(open[0] == Approx(10'000).margin(300));
  CHECK(open[1] == Approx(30'000).margin(450));
  CHECK(open[2] == Approx(40'000).margin(450));
}

TEST_CASE("two draws give a server without sessions about twice its share, not all", "[balancer]") {
  RandomDraws policy(2, 1);
  for (ServerId id = 0; id < 10; ++id) policy.set(id, 16, true);
  for (ServerId id = 0; id < 9; ++id) {
    for (int i = 0; i < 1'000; ++i) policy.taken(id);
  }

  int to_new = 0;
  for (int i = 0; i < 1'000; ++i) to_new += give(policy) == 9 ? 1 : 0;

  CHECK(to_new == Approx(190).margin(40));
  CHECK(policy.floods());
  CHECK_FALSE(RandomDraws(1, 1).floods());
}

TEST_CASE("random never picks who is full, not usable or of weight 0", "[balancer]") {
  RandomDraws policy(2, 1);
  CHECK_FALSE(policy.pick({}, 0).has_value());

  policy.set(0, 16, false);
  policy.set(1, 0, true);
  policy.set(2, 16, true);
  policy.set(3, 16, true);
  policy.full(2);

  for (int i = 0; i < 100; ++i) CHECK(give(policy) == 3);
  policy.full(3);
  CHECK_FALSE(policy.pick({}, 0).has_value());
}

TEST_CASE("random picks the least loaded of its draws, of equals the later", "[balancer]") {
  const auto seed = GENERATE(range(1U, 21U));
  CAPTURE(seed);
  Random random(seed);
  const std::uint32_t draws = 1 + random.below(6);
  const ServerId count = 1 + random.below(20);
  RandomDraws policy(draws, seed);
  WeightedDraw same(seed);
  std::vector<Weight> weights(count);
  std::vector<std::uint64_t> open(count);
  const auto set = [&](ServerId id) {
    weights[id] = random.below(4) * 16;
    const bool usable = random.below(4) != 0;
    policy.set(id, weights[id], usable);
    same.set(id, weights[id], usable);
  };
  for (ServerId id = 0; id < count; ++id) set(id);

  for (int step = 0; step < 5000; ++step) {
    const ServerId id = random.below(count);
    if (random.below(8) == 0) set(id);
    if (open[id] > 0) {
      --open[id];
      policy.released(id);
    }
    std::vector<ServerId> drawn;
    while (drawn.size() < draws) {
      const auto next = same.draw();
      if (!next) break;
      drawn.push_back(*next);
    }
    const auto picked = policy.pick({}, 0);
    REQUIRE(picked.has_value() == !drawn.empty());
    if (!picked) continue;
    std::ranges::reverse(drawn);
    const ServerId expected = *std::ranges::min_element(
        drawn, [&](ServerId a, ServerId b) { return open[a] * weights[b] < open[b] * weights[a]; });
    if (*picked != expected) FAIL("step " << step);
    policy.taken(*picked);
    ++open[*picked];
  }
}
