#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/round_robin.h"
#include "test/unit/balancer/random.h"

using balancer::kWeightScale;
using balancer::RoundRobin;
using balancer::ServerId;
using balancer::Weight;

namespace {

std::vector<ServerId> picks(RoundRobin& policy, std::size_t count) {
  std::vector<ServerId> order;
  for (std::size_t i = 0; i < count; ++i) order.push_back(policy.pick({}, 0).value());
  return order;
}

// The rule without heaps and lines: every server is looked at for every pick, and nothing is moved
// back.
class SlowRoundRobin {
 public:
  explicit SlowRoundRobin(std::size_t count) : servers_(count) {}

  void set(ServerId id, Weight weight, bool usable) {
    Server& server = servers_[id];
    if (server.weight == weight && server.usable == usable) return;
    leave(server);
    if (server.weight != weight) {
      const Wide ahead = std::clamp<Wide>(server.place - ideal(server.weight), -kTurn, kTurn);
      server.weight = weight;
      server.place = ideal(weight) + ahead;
    }
    if (usable && !server.usable) server.place = std::max(server.place, ideal(server.weight));
    server.usable = usable;
    join(server);
  }

  void set_full(ServerId id, bool full) {
    Server& server = servers_[id];
    if (server.full == full) return;
    leave(server);
    server.full = full;
    join(server);
  }

  std::optional<ServerId> pick() {
    std::optional<ServerId> best;
    for (ServerId id = 0; id < servers_.size(); ++id) {
      const Server& server = servers_[id];
      if (!server.running || server.place * weight_ >= (sum_ + kTurn) * server.weight) continue;
      if (!best || (server.place + kTurn) * servers_[*best].weight <
                       (servers_[*best].place + kTurn) * server.weight) {
        best = id;
      }
    }
    if (best) {
      servers_[*best].place += kTurn;
      sum_ += kTurn;
    }
    return best;
  }

 private:
  __extension__ using Wide = __int128;
  static constexpr Wide kTurn = 1024;

  struct Server {
    Wide place = 0;
    Wide weight = 0;
    bool usable = false;
    bool full = false;
    bool running = false;
  };

  [[nodiscard]] Wide ideal(Wide weight) const { return sum_ * weight / weight_; }

  void leave(Server& server) {
    if (!server.running) return;
    server.running = false;
    if (--running_ == 0) return;
    sum_ -= server.place;
    weight_ -= server.weight;
  }

  void join(Server& server) {
    if (!server.usable || server.full || server.weight == 0) return;
    server.running = true;
    server.place = std::max(server.place, ideal(server.weight) - kTurn);
    sum_ = (running_ == 0 ? 0 : sum_) + server.place;
    weight_ = (running_ == 0 ? 0 : weight_) + server.weight;
    ++running_;
  }

  std::vector<Server> servers_;
  Wide sum_ = Wide{1'000'000} * kTurn;  // far from zero, so that no quotient is negative
  Wide weight_ = 1;
  int running_ = 0;
};

}  // namespace

TEST_CASE("round robin skips servers that are not usable, full or of weight 0", "[balancer]") {
  RoundRobin policy;
  policy.set(0, 16, true);
  policy.set(1, 16, false);
  policy.set(2, 0, true);
  policy.set(3, 16, true);
  policy.set(4, 16, true);
  policy.full(3);

  CHECK(picks(policy, 4) == std::vector<ServerId>{0, 4, 0, 4});
}

TEST_CASE("round robin picks nobody when nobody is there, usable and free", "[balancer]") {
  RoundRobin policy;
  CHECK_FALSE(policy.pick({}, 0).has_value());

  policy.set(0, 16, true);
  policy.full(0);
  CHECK_FALSE(policy.pick({}, 0).has_value());

  policy.free(0);
  CHECK(policy.pick({}, 0) == 0U);
}

TEST_CASE("a server keeps its place when its weight changes", "[balancer]") {
  RoundRobin policy;
  for (ServerId id = 0; id < 3; ++id) policy.set(id, 16, true);
  REQUIRE(policy.pick({}, 0) == 0U);

  policy.set(0, 32, true);

  CHECK(picks(policy, 4) == std::vector<ServerId>{1, 0, 2, 0});
}

TEST_CASE("a server that was full for one pick has lost and won nothing", "[balancer]") {
  RoundRobin policy;
  for (ServerId id = 0; id < 4; ++id) policy.set(id, 16, true);
  REQUIRE(policy.pick({}, 0) == 0U);

  policy.full(1);
  REQUIRE(policy.pick({}, 0) == 2U);
  policy.free(1);

  CHECK(picks(policy, 6) == std::vector<ServerId>{1, 3, 0, 1, 2, 3});
}

TEST_CASE("a server that was long full catches up by one turn, no more", "[balancer]") {
  RoundRobin policy;
  policy.set(0, 16, true);
  policy.set(1, 16, true);
  policy.full(1);
  (void)picks(policy, 100'000);

  policy.free(1);

  CHECK(picks(policy, 5) == std::vector<ServerId>{1, 0, 1, 0, 1});
}

TEST_CASE("a server that was long away is owed nothing", "[balancer]") {
  RoundRobin policy;
  policy.set(0, 16, true);
  policy.set(1, 16, true);
  policy.set(1, 16, false);
  (void)picks(policy, 100'000);

  policy.set(1, 16, true);

  CHECK(picks(policy, 4) == std::vector<ServerId>{0, 1, 0, 1});
}

TEST_CASE("a server whose peers had all the turns is not made to wait for them", "[balancer]") {
  RoundRobin policy;
  policy.set(0, 16, true);
  policy.set(1, 16, true);
  policy.set(1, 16, false);
  (void)picks(policy, 100'000);
  policy.set(0, 16, false);
  policy.set(1, 16, true);
  (void)policy.pick({}, 0);

  policy.set(0, 16, true);

  const auto order = picks(policy, 20);
  CHECK(std::ranges::count(order, ServerId{0}) >= 9);
}

TEST_CASE("a weight that changes before every pick gives the share of its mean", "[balancer]") {
  RoundRobin policy;
  policy.set(0, 100 * kWeightScale, true);
  policy.set(1, 100 * kWeightScale, true);
  policy.set(2, 100 * kWeightScale, true);

  std::vector<int> turns(3);
  for (Weight i = 0; i < 30'000; ++i) {
    policy.set(2, (i % 2 == 0 ? 80 : 120) * kWeightScale, true);
    ++turns[policy.pick({}, 0).value()];
  }

  CHECK(turns[0] == Approx(10'000).margin(100));
  CHECK(turns[1] == Approx(10'000).margin(100));
  CHECK(turns[2] == Approx(10'000).margin(100));
}

TEST_CASE("a weight that falls from the greatest to the least does not starve its server",
          "[balancer]") {
  RoundRobin policy;
  policy.set(0, 4096, true);
  policy.set(1, 1, true);
  policy.set(2, 4096, true);
  (void)picks(policy, 10'001);

  policy.set(0, 16, true);
  policy.set(2, 16, true);
  const auto order = picks(policy, 100);

  CHECK(std::ranges::count(order, ServerId{0}) >= 46);
  CHECK(std::ranges::count(order, ServerId{2}) >= 46);
}

TEST_CASE("round robin picks as the slow obvious rule does, whatever changes", "[balancer]") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Random random(seed);
  const ServerId count = 1 + random.below(40);
  const Weight kinds = std::vector<Weight>{1, 3, 4097}[seed % 3];
  RoundRobin policy;
  SlowRoundRobin slow(count);
  for (ServerId id = 0; id < count; ++id) policy.set(id, 0, false);

  for (int step = 0; step < 20'000; ++step) {
    const ServerId id = random.below(count);
    switch (random.below(8)) {
      case 0: {
        const Weight weight = kinds == 1 ? 16 : random.below(kinds);
        const bool usable = random.below(4) != 0;
        policy.set(id, weight, usable);
        slow.set(id, weight, usable);
        break;
      }
      case 1:
        policy.full(id);
        slow.set_full(id, true);
        break;
      case 2:
      case 3:
        policy.free(id);
        slow.set_full(id, false);
        break;
      default:
        const auto picked = policy.pick({}, 0);
        const auto expected = slow.pick();
        if (picked != expected) FAIL("step " << step);
    }
  }
}
