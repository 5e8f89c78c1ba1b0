#include "balancer/peak_ewma.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <vector>

using balancer::PeakEwma;
using balancer::ServerId;
using balancer::Tick;
using namespace std::chrono_literals;

namespace {

PeakEwma with_equal_servers(ServerId count) {
  PeakEwma policy(10s, 1);
  for (ServerId id = 0; id < count; ++id) policy.set(id, 16, true);
  return policy;
}

// Sessions of which each ends at once, so that only times count; how many each server had.
std::vector<int> short_sessions(PeakEwma& policy, ServerId servers, int count, Tick now) {
  std::vector<int> had(servers);
  for (int i = 0; i < count; ++i) {
    const ServerId server = policy.pick({}, now).value();
    ++had[server];
    policy.taken(server);
    policy.released(server);
  }
  return had;
}

}  // namespace

TEST_CASE("peak ewma leaves the slower of two alone from its first slow answer on", "[balancer]") {
  PeakEwma policy = with_equal_servers(2);
  policy.answered(0, 1ms, 0);
  policy.answered(1, 1100us, 0);
  REQUIRE(short_sessions(policy, 2, 100, 0) == std::vector<int>{100, 0});

  policy.answered(0, 50ms, 0);

  CHECK(short_sessions(policy, 2, 100, 0) == std::vector<int>{0, 100});
}

TEST_CASE("peak ewma weighs sessions against times", "[balancer]") {
  PeakEwma policy = with_equal_servers(2);
  policy.answered(0, 1ms, 0);
  policy.answered(1, 4400us, 0);

  std::vector<ServerId> order;
  for (int i = 0; i < 10; ++i) {
    order.push_back(policy.pick({}, 0).value());
    policy.taken(order.back());
  }

  CHECK(order == std::vector<ServerId>{0, 0, 0, 0, 1, 0, 0, 0, 0, 1});
}

TEST_CASE("with equal times peak ewma gives sessions in proportion to the weights", "[balancer]") {
  PeakEwma policy = with_equal_servers(2);
  policy.set(1, 48, true);
  policy.answered(0, 1ms, 0);
  policy.answered(1, 1ms, 0);

  std::vector<int> open(2);
  for (int i = 0; i < 4000; ++i) {
    const ServerId server = policy.pick({}, 0).value();
    policy.taken(server);
    ++open[server];
  }

  CHECK(open[0] == Approx(1000).margin(2));
}

TEST_CASE("a server that was slow is tried again, by one session until it answers", "[balancer]") {
  PeakEwma policy = with_equal_servers(2);
  policy.answered(0, 1ms, 0);
  policy.answered(1, 1s, 0);
  Tick now = 0;
  while (policy.pick({}, now) == 0U) {
    REQUIRE(now < 100'000);
    now += 100;
    policy.answered(0, 1ms, now);
  }
  CHECK(now > 60'000);

  policy.taken(1);
  CHECK(short_sessions(policy, 2, 100, now) == std::vector<int>{100, 0});

  SECTION("still slow") {
    policy.answered(1, 1s, now);
    policy.released(1);
    CHECK(short_sessions(policy, 2, 100, now) == std::vector<int>{100, 0});
  }
  SECTION("well again") {
    policy.answered(1, 500us, now);
    policy.released(1);
    policy.answered(0, 1ms, now + 10'000);
    policy.answered(1, 500us, now + 10'000);
    CHECK(short_sessions(policy, 2, 100, now + 10'000) == std::vector<int>{0, 100});
  }
  SECTION("the session ends without an answer") {
    policy.released(1);
    CHECK(policy.pick({}, now) == 1U);
  }
}

TEST_CASE("a server without a measurement counts with the mean of the others", "[balancer]") {
  PeakEwma policy = with_equal_servers(3);
  policy.answered(0, 2ms, 0);
  policy.answered(1, 6ms, 0);

  SECTION("so it comes after the faster") {
    policy.full(1);
    CHECK(short_sessions(policy, 3, 100, 0) == std::vector<int>{100, 0, 0});
  }
  SECTION("and before the slower") {
    policy.full(0);
    CHECK(short_sessions(policy, 3, 100, 0) == std::vector<int>{0, 0, 100});
  }
  SECTION("which follows what they answer next") {
    policy.answered(1, 60ms, 0);
    policy.full(0);
    CHECK(short_sessions(policy, 3, 100, 0) == std::vector<int>{0, 0, 100});
    policy.answered(0, 200ms, 0);
    CHECK(short_sessions(policy, 3, 100, 0) == std::vector<int>{0, 100, 0});
  }
}

TEST_CASE("a new server gets as many sessions as the others have at once, and no more",
          "[balancer]") {
  PeakEwma policy = with_equal_servers(4);
  for (ServerId id = 0; id < 4; ++id) {
    for (int i = 0; i < 20; ++i) policy.taken(id);
    policy.answered(id, 1ms, 0);
  }

  policy.set(4, 16, true);
  std::vector<int> open = {20, 20, 20, 20, 0};
  for (int i = 0; i < 200; ++i) {
    const ServerId server = policy.pick({}, 0).value();
    policy.taken(server);
    ++open[server];
  }

  CHECK(policy.floods());
  CHECK(*std::ranges::max_element(open) <= 60);
  CHECK(open[4] == Approx(56).margin(4));
}

TEST_CASE("where nothing was measured for long the sessions open decide", "[balancer]") {
  PeakEwma policy = with_equal_servers(2);
  policy.answered(0, 5ms, 0);
  policy.answered(1, 5ms, 30'000);
  policy.taken(0);
  policy.taken(0);
  policy.taken(1);
  policy.answered(0, 5ms, 30'000);
  policy.answered(1, 5ms, 60'000);

  CHECK(policy.pick({}, 120'000) == 1U);
  CHECK(policy.pick({}, 1'000'000'000) == 1U);
}

TEST_CASE("a time that goes back counts as none that passes", "[balancer]") {
  PeakEwma policy = with_equal_servers(2);
  policy.answered(0, 2ms, 1000);
  policy.answered(1, 1ms, 900);

  CHECK(policy.pick({}, 500) == 1U);
}

TEST_CASE("peak ewma never picks who is full, not usable or of weight 0", "[balancer]") {
  PeakEwma policy(10s, 1);
  CHECK_FALSE(policy.pick({}, 0).has_value());

  policy.set(0, 16, false);
  policy.set(1, 0, true);
  policy.set(2, 16, true);
  policy.set(3, 16, true);
  policy.full(2);

  CHECK(short_sessions(policy, 4, 100, 0) == std::vector<int>{0, 0, 0, 100});
  policy.full(3);
  CHECK_FALSE(policy.pick({}, 0).has_value());
}
