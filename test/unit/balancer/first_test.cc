#include "balancer/first.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "test/unit/balancer/random.h"

using balancer::First;
using balancer::ServerId;
using balancer::Weight;

namespace {

using Ids = std::vector<std::uint32_t>;

}  // namespace

TEST_CASE("first picks the least id that is free, whatever the order of the file", "[balancer]") {
  First policy(Ids{30, 10, 20});
  for (ServerId server = 0; server < 3; ++server) policy.set(server, 16, true);

  CHECK(policy.pick({}, 0) == 1U);
  policy.full(1);
  CHECK(policy.pick({}, 0) == 2U);
  policy.full(2);
  CHECK(policy.pick({}, 0) == 0U);
  policy.free(1);
  CHECK(policy.pick({}, 0) == 1U);
}

TEST_CASE("first takes equal ids in the order of the file, and servers that come later last",
          "[balancer]") {
  First policy(Ids{7, 7});
  policy.set(2, 16, true);
  CHECK(policy.pick({}, 0) == 2U);

  policy.set(1, 16, true);
  CHECK(policy.pick({}, 0) == 1U);

  policy.set(0, 16, true);
  CHECK(policy.pick({}, 0) == 0U);
}

TEST_CASE("first does not look at weights, but never picks weight 0", "[balancer]") {
  First policy(Ids{1, 2, 3});
  policy.set(0, 0, true);
  policy.set(1, 1, true);
  policy.set(2, balancer::kMaxWeight, true);

  CHECK(policy.pick({}, 0) == 1U);
  CHECK_FALSE(policy.graded());

  policy.set(1, 16, false);
  policy.set(2, 0, true);
  CHECK_FALSE(policy.pick({}, 0).has_value());
}

TEST_CASE("first picks as the slow obvious rule does, whatever changes", "[balancer]") {
  const auto seed = GENERATE(range(1U, 31U));
  CAPTURE(seed);
  Random random(seed);
  struct Server {
    Weight weight = 0;
    bool usable = false;
    bool full = false;
  };
  std::vector<Server> servers(1 + random.below(seed % 5 == 0 ? 10'000 : 200));
  Ids ids(servers.size());
  for (std::uint32_t& id : ids) id = random.below(1000);
  const auto expected = [&] {
    std::optional<ServerId> best;
    for (ServerId id = 0; id < servers.size(); ++id) {
      if (!servers[id].usable || servers[id].full || servers[id].weight == 0) continue;
      if (!best || ids[id] < ids[*best]) best = id;
    }
    return best;
  };
  First policy(ids);
  for (ServerId id = 0; id < servers.size(); ++id) policy.set(id, 0, false);

  for (int step = 0; step < 2000; ++step) {
    const ServerId id = random.below(static_cast<std::uint32_t>(servers.size()));
    switch (random.below(4)) {
      case 0:
        servers[id].weight = random.below(3);
        servers[id].usable = random.below(4) != 0;
        policy.set(id, servers[id].weight, servers[id].usable);
        break;
      case 1:
        policy.full(id);
        servers[id].full = true;
        break;
      case 2:
        policy.free(id);
        servers[id].full = false;
        break;
      default:
        const auto picked = policy.pick({}, 0);
        if (picked != expected()) FAIL("step " << step);
        if (!picked) break;
        policy.full(*picked);
        servers[*picked].full = true;
    }
  }
}
