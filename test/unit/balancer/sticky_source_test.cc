#include "balancer/sticky_source.h"

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "balancer/chooser.h"
#include "balancer/round_robin.h"
#include "test/unit/balancer/allocations.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/support.h"

using balancer::Chooser;
using balancer::Key;
using balancer::RoundRobin;
using balancer::ServerId;
using balancer::Tick;
using balancer::Weight;
using std::chrono::milliseconds;

namespace {

using Bytes = std::array<std::uint8_t, 4>;

Bytes address(std::uint32_t number) {
  return {10, 0, static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// As a backend does it: whom the policy chooses gets a slot, or a place in a line.
class Regulars : private KeptConfig, public Chooser {
 public:
  explicit Regulars(conf::Backend config) : KeptConfig{std::move(config)}, Chooser(kept) {}

  std::optional<ServerId> pick(Key key, Tick now) {
    const auto server = choose(key, now);
    if (server) placed(key, *server, now);
    return server;
  }
  void set(ServerId server, Weight weight, bool serves) {
    Chooser::set(server, weight, serves, false);
  }
};

conf::Backend sticky_backend(std::size_t count) {
  conf::Backend config = backend_of(count);
  config.balance.by = conf::Algorithm::kStickySource;
  return config;
}

// Round robin over `count` servers at first visits.
std::unique_ptr<Regulars> sticky(ServerId count, milliseconds expire = milliseconds{1000}) {
  conf::Backend config = sticky_backend(count);
  config.balance.expire = expire;
  config.balance.entries = 1000;
  auto regulars = std::make_unique<Regulars>(std::move(config));
  for (ServerId id = 0; id < count; ++id) regulars->set(id, 16, true);
  return regulars;
}

}  // namespace

TEST_CASE("a client stays with its server while it comes back in time", "[balancer]") {
  const auto policy = sticky(3);
  REQUIRE(policy->pick(address(1), 0) == 0U);
  REQUIRE(policy->pick(address(2), 0) == 1U);

  CHECK(policy->pick(address(1), 1000) == 0U);
  CHECK(policy->pick(address(1), 2000) == 0U);
  CHECK(policy->pick(address(2), 2000) == 2U);
}

TEST_CASE("a client waits for its server when that is full", "[balancer]") {
  const auto policy = sticky(2);
  REQUIRE(policy->pick(address(1), 0) == 0U);

  policy->full(0);

  CHECK(policy->binds());
  CHECK(policy->pick(address(1), 1) == 0U);
  CHECK(policy->pick(address(2), 1) == 1U);
}

TEST_CASE("a client whose server is not usable gets another one and stays there", "[balancer]") {
  const auto policy = sticky(2);
  REQUIRE(policy->pick(address(1), 0) == 0U);

  const bool weightless = GENERATE(false, true);
  policy->set(0, weightless ? 0 : 16, weightless);
  CHECK(policy->pick(address(1), 1) == 1U);
  policy->set(0, 16, true);

  CHECK(policy->pick(address(1), 2) == 1U);
}

TEST_CASE("a client comes back to its server when there was no other meanwhile", "[balancer]") {
  const auto policy = sticky(2);
  REQUIRE(policy->pick(address(0), 0) == 0U);
  REQUIRE(policy->pick(address(1), 0) == 1U);
  policy->set(1, 16, false);
  policy->full(0);
  REQUIRE_FALSE(policy->pick(address(1), 1).has_value());

  policy->free(0);
  policy->set(1, 16, true);

  CHECK(policy->pick(address(1), 2) == 1U);
}

TEST_CASE("whoever has no address is nobody's regular", "[balancer]") {
  const auto policy = sticky(2);
  const auto size = GENERATE(0U, 6U, 36U);
  const std::vector<std::uint8_t> key(size);

  CHECK(policy->pick(key, 0) == 0U);
  CHECK(policy->pick(key, 0) == 1U);
  CHECK(policy->pick(key, 0) == 0U);
}

TEST_CASE("first visits may be decided by a table", "[balancer]") {
  conf::Backend config = backend_of(3);
  for (ServerId id = 0; id < 3; ++id) {
    config.servers[id].name = "web" + std::to_string(id);
    config.servers[id].id = id + 1;
  }
  const auto by = GENERATE(conf::Algorithm::kMaglev, conf::Algorithm::kSource,
                           conf::Algorithm::kHash, conf::Algorithm::kStaticRoundRobin);
  config.balance.first_visit = by;
  config.balance.hash_type = GENERATE(conf::HashType::kMapBased, conf::HashType::kConsistent);
  const auto chosen_by = [&](conf::Algorithm algorithm) {
    config.balance.by = algorithm;
    Regulars regulars(config);
    for (ServerId id = 0; id < 3; ++id) regulars.set(id, 16, true);
    std::mutex mutex;
    regulars.build(mutex);
    std::vector<ServerId> chosen;
    for (std::uint32_t i = 0; i < 100; ++i) chosen.push_back(regulars.pick(address(i), 0).value());
    return chosen;
  };

  CHECK(chosen_by(conf::Algorithm::kStickySource) == chosen_by(by));
}

TEST_CASE("a client stays with its server when another one was chosen in vain", "[balancer]") {
  const auto policy = sticky(2);
  REQUIRE(policy->pick(address(1), 0) == 0U);

  CHECK(policy->choose_other(address(1), 0, 0) == 1U);
  CHECK(policy->pick(address(1), 1) == 0U);

  policy->placed(address(1), policy->choose_other(address(1), 1, 0).value(), 1);
  CHECK(policy->pick(address(1), 2) == 1U);
}

TEST_CASE("a retry elsewhere that no slot is free for leaves a client where it was", "[balancer]") {
  GrantList waker;
  conf::Backend config = sticky_backend(2);
  for (conf::Server& server : config.servers) server.maxconn = 1;
  config.redispatch = 1;
  TestBackend backend(std::move(config), waker);
  balancer::Lease client = lease(backend.pick(address(1), {}, 0));
  balancer::Lease regular = lease(backend.pick(address(2), {}, 0));
  REQUIRE((client.server() == 0 && regular.server() == 1));
  client.end();
  const balancer::Lease elsewhere = lease(backend.pick(address(3), {}, 0));
  REQUIRE(elsewhere.server() == 0);
  regular.end();
  regular = lease(backend.pick(address(2), {}, 0));

  CHECK_FALSE(backend.pick_other(address(1), 0, 1, 0));
  CHECK(wait(backend.pick(address(1), {}, 0)).at == 0U);
}

TEST_CASE("a retry elsewhere costs the avoided server no turn of first visits", "[balancer]") {
  const auto turns = [](conf::Algorithm by) {
    conf::Backend config = backend_of(3);
    config.balance.by = by;
    Regulars regulars(std::move(config));
    for (ServerId id = 0; id < 3; ++id) regulars.set(id, 16 * (5 - 2 * id), true);
    std::vector<ServerId> chosen;
    for (std::uint32_t i = 0; i < 100; ++i) {
      chosen.push_back(regulars.pick({}, 0).value());
      chosen.push_back(regulars.choose_other({}, 0, i % 3).value());
    }
    return chosen;
  };

  CHECK(turns(conf::Algorithm::kStickySource) == turns(conf::Algorithm::kRoundRobin));
}

TEST_CASE("a server in slow start keeps the clients it has", "[balancer]") {
  conf::Backend config = sticky_backend(2);
  config.balance.first_visit = conf::Algorithm::kLeastConnections;
  Regulars regulars(std::move(config));
  regulars.set(0, 16, true);
  REQUIRE(regulars.pick(address(1), 0) == 0U);
  regulars.set(1, 160, true);

  regulars.Chooser::set(0, 1, true, true);

  CHECK(regulars.pick(address(1), 1) == 0U);
  CHECK(regulars.pick(address(2), 1) == 1U);
}

TEST_CASE("sticky clients meet those whom the slow obvious rule says", "[balancer]") {
  const auto seed = GENERATE(range(1U, 21U));
  CAPTURE(seed);
  Random random(seed);
  const ServerId count = 1 + random.below(8);
  const Tick expire = 50 + random.below(500);
  const auto policy = sticky(count, milliseconds{expire});
  RoundRobin first_visit;
  for (ServerId id = 0; id < count; ++id) first_visit.set(id, 16, true);
  std::vector<bool> usable(count, true);
  std::map<Bytes, std::pair<ServerId, Tick>> last;
  Tick now = 0;

  for (int step = 0; step < 20'000; ++step) {
    now += random.below(5);
    const ServerId id = random.below(count);
    switch (random.below(20)) {
      case 0:
        usable[id] = random.below(3) != 0;
        policy->set(id, 16, usable[id]);
        first_visit.set(id, 16, usable[id]);
        break;
      case 1:
        policy->full(id);
        first_visit.full(id);
        break;
      case 2:
        policy->free(id);
        first_visit.free(id);
        break;
      default: {
        const Bytes client = address(random.below(500));
        const auto known = last.find(client);
        std::optional<ServerId> expected;
        if (known != last.end() && now - known->second.second > expire) last.erase(known);
        const auto still_known = last.find(client);
        if (still_known != last.end()) still_known->second.second = now;
        if (still_known != last.end() && usable[still_known->second.first]) {
          expected = still_known->second.first;
        } else {
          expected = first_visit.pick(client, now);
          if (expected) last[client] = {*expected, now};
        }
        if (policy->pick(client, now) != expected) FAIL("step " << step);
      }
    }
  }
}

TEST_CASE("sticky picks allocate nothing", "[balancer]") {
  const auto policy = sticky(10);

  const std::size_t before = allocations();
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const ServerId id = i % 10;
    policy->set(id, 16, i % 3 != 0);
    (void)policy->pick(address(i % 333), i);
  }
  const std::size_t after = allocations();

  CHECK(after == before);
}
