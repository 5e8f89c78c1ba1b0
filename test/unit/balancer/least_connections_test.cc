#include "balancer/least_connections.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "test/unit/balancer/give.h"
#include "test/unit/balancer/random.h"

using balancer::LeastConnections;
using balancer::ServerId;
using balancer::Weight;

namespace {

// The rule as HAProxy's manual words it, with every server looked at for every pick.
class SlowLeastConnections {
 public:
  struct Server {
    Weight weight = 0;
    bool usable = false;
    bool full = false;
    std::uint32_t open = 0;
    int last = 0;
    [[nodiscard]] bool runs() const { return usable && !full && weight > 0; }
  };

  explicit SlowLeastConnections(std::size_t count) : servers(count) {}

  [[nodiscard]] static bool less(const Server& a, const Server& b) {
    const auto load = [](const Server& server) {
      return server.open == 0 ? std::uint64_t{0} : std::uint64_t{server.open} + 1;
    };
    return load(a) * b.weight < load(b) * a.weight;
  }

  [[nodiscard]] std::optional<ServerId> pick() const {
    std::optional<ServerId> best;
    for (ServerId id = 0; id < servers.size(); ++id) {
      const Server& server = servers[id];
      if (!server.runs()) continue;
      if (!best || less(server, servers[*best]) ||
          (!less(servers[*best], server) && server.last < servers[*best].last)) {
        best = id;
      }
    }
    return best;
  }

  void taken(ServerId id) {
    ++servers[id].open;
    servers[id].last = ++sessions_;
  }

  std::vector<Server> servers;

 private:
  int sessions_ = 0;
};

}  // namespace

TEST_CASE("least connections gives equal servers without sessions their turns", "[balancer]") {
  LeastConnections policy;
  for (ServerId id = 0; id < 3; ++id) policy.set(id, 16, true);

  for (int cycle = 0; cycle < 2; ++cycle) {
    for (ServerId id = 0; id < 3; ++id) {
      CHECK(give(policy) == id);
      policy.released(id);
    }
  }
}

TEST_CASE("least connections fills the server that has the fewest", "[balancer]") {
  LeastConnections policy;
  for (ServerId id = 0; id < 3; ++id) policy.set(id, 16, true);
  REQUIRE(give(policy, 6) == std::vector<ServerId>{0, 1, 2, 0, 1, 2});

  policy.released(1);
  policy.released(1);

  CHECK(give(policy, 3) == std::vector<ServerId>{1, 1, 0});
}

// A server without sessions comes before any that has one, then (open + 1) / weight decides.
TEST_CASE("least connections counts sessions for their server's weight", "[balancer]") {
  LeastConnections policy;
  policy.set(0, 16, true);
  policy.set(1, 64, true);

  CHECK(give(policy, 10) == std::vector<ServerId>{0, 1, 1, 1, 1, 1, 1, 1, 0, 1});
}

TEST_CASE("a session that was not picked by least connections counts as one", "[balancer]") {
  LeastConnections policy;
  for (ServerId id = 0; id < 3; ++id) policy.set(id, 16, true);

  policy.taken(0);

  CHECK(give(policy, 3) == std::vector<ServerId>{1, 2, 0});
}

TEST_CASE("a server that was full keeps its turn among its equals", "[balancer]") {
  LeastConnections policy;
  for (ServerId id = 0; id < 3; ++id) policy.set(id, 16, true);
  (void)give(policy, 3);

  policy.full(0);
  REQUIRE(policy.pick({}, 0) == 1U);
  policy.free(0);

  CHECK(give(policy, 3) == std::vector<ServerId>{0, 1, 2});
}

TEST_CASE("least connections knows the sessions of a server that was away", "[balancer]") {
  LeastConnections policy;
  policy.set(0, 16, true);
  policy.set(1, 16, true);
  REQUIRE(give(policy, 4) == std::vector<ServerId>{0, 1, 0, 1});

  policy.set(0, 0, true);
  policy.released(0);
  policy.set(0, 16, false);
  REQUIRE(policy.pick({}, 0) == 1U);
  policy.set(0, 16, true);

  CHECK(give(policy, 2) == std::vector<ServerId>{0, 1});
}

TEST_CASE("least connections picks nobody when nobody is usable and free", "[balancer]") {
  LeastConnections policy;
  CHECK_FALSE(policy.pick({}, 0).has_value());

  policy.set(0, 16, false);
  policy.set(1, 0, true);
  policy.set(2, 16, true);
  policy.full(2);

  CHECK_FALSE(policy.pick({}, 0).has_value());
}

TEST_CASE("least connections picks as the slow obvious rule does, whatever changes", "[balancer]") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Random random(seed);
  const ServerId count = 1 + random.below(40);
  const Weight greatest = std::vector<Weight>{1, 48, balancer::kMaxWeight}[seed % 3];
  LeastConnections policy;
  SlowLeastConnections slow(count);
  for (ServerId id = 0; id < count; ++id) policy.set(id, 0, false);

  for (int step = 0; step < 20'000; ++step) {
    const ServerId id = random.below(count);
    auto& server = slow.servers[id];
    switch (random.below(9)) {
      case 0:
        server.weight = random.below(greatest + 1);
        server.usable = random.below(4) != 0;
        policy.set(id, server.weight, server.usable);
        break;
      case 1:
        policy.full(id);
        server.full = true;
        break;
      case 2:
        policy.free(id);
        server.full = false;
        break;
      case 3:
        policy.taken(id);
        slow.taken(id);
        break;
      case 4:
      case 5:
        if (server.open == 0) break;
        --server.open;
        policy.released(id);
        break;
      default:
        const auto picked = policy.pick({}, 0);
        if (picked != slow.pick()) FAIL("step " << step);
        if (!picked) break;
        policy.taken(*picked);
        slow.taken(*picked);
    }
  }
}

TEST_CASE("with least connections no load exceeds another by more than a session of each",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 21U));
  CAPTURE(seed);
  Random random(seed);
  std::vector<Weight> weights(2 + random.below(50));
  LeastConnections policy;
  for (ServerId id = 0; id < weights.size(); ++id) {
    weights[id] = 1 + random.below(balancer::kMaxWeight);
    policy.set(id, weights[id], true);
  }

  std::vector<std::uint64_t> open(weights.size());
  for (int session = 0; session < 5000; ++session) ++open[give(policy)];

  // Whoever was given its last session had (open - 1 + 1) / weight then, and no other less.
  for (ServerId a = 0; a < weights.size(); ++a) {
    for (ServerId b = 0; b < weights.size(); ++b) {
      if (open[a] > 1 && open[a] * weights[b] > (open[b] + 1) * weights[a]) {
        FAIL("server " << a << " before server " << b);
      }
    }
  }
}
