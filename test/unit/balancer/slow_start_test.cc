#include "balancer/slow_start.h"

#include <array>
#include <catch2/catch.hpp>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/support.h"

using balancer::Admin;
using balancer::Facts;
using balancer::Health;
using balancer::SlowStart;
using balancer::Tick;

namespace {

constexpr Tick kRamp = 30'000;

conf::Backend four_servers(conf::Algorithm by) {
  conf::Server server;
  server.weight = 10;
  server.slow_start = std::chrono::milliseconds{kRamp};
  conf::Backend config = backend_of(std::vector<conf::Server>(4, server));
  config.balance.by = by;
  return config;
}

// The first server's share of 1,000 new sessions, in percent; they stay open.
double share_of_first(balancer::Backend& backend, std::vector<balancer::Lease>& leases, Tick now) {
  int first = 0;
  for (int i = 0; i < 1000; ++i) {
    leases.push_back(lease(backend.pick({}, {}, now)));
    first += leases.back().server() == 0 ? 1 : 0;
  }
  return first / 10.0;
}

}  // namespace

TEST_CASE("what a slow start lets through is a line", "[balancer]") {
  SlowStart start(1000);
  start.begin(5000);

  CHECK(start.part_of(100, 5000) == 1);
  CHECK(start.part_of(100, 5100) == 10);
  CHECK(start.part_of(100, 5500) == 50);
  CHECK(start.part_of(100, 5999) == 100);
  CHECK(start.part_of(100, 6000) == 100);
  CHECK(start.part_of(0, 5500) == 0);
  CHECK(start.running(5999));
  CHECK_FALSE(start.running(6000));
}

TEST_CASE("a server comes back to its share of new sessions along a line", "[balancer]") {
  const auto by = GENERATE(conf::Algorithm::kRoundRobin, conf::Algorithm::kLeastConnections,
                           conf::Algorithm::kRandom, conf::Algorithm::kPeakEwma);
  const bool sticky = GENERATE(false, true);
  CAPTURE(static_cast<int>(by), sticky);
  GrantList waker;
  conf::Backend config = four_servers(by);
  config.balance.first_visit = by;
  if (sticky) config.balance.by = conf::Algorithm::kStickySource;
  TestBackend backend(std::move(config), waker);
  std::vector<balancer::Lease> leases;
  set_health(backend, 0, Health::kDown);
  (void)share_of_first(backend, leases, 0);
  set_health(backend, 0, Health::kUp, 10'000);

  for (const double part : {0.1, 0.5, 0.9}) {
    CAPTURE(part);
    const Tick now = 10'000 + static_cast<Tick>(part * kRamp);
    backend.step(now);
    const double ideal = 100 * part / (3 + part);
    CHECK(std::abs(share_of_first(backend, leases, now) - ideal) < 3);
  }
  backend.step(10'000 + kRamp);
  CHECK_FALSE(backend.starting());
}

// The share of 100,000 keys that are the first server's, in percent.
double keys_of_first(balancer::Backend& backend, Tick now) {
  int first = 0;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    const std::array<std::uint8_t, 4> key = {10, static_cast<std::uint8_t>(i >> 16),
                                             static_cast<std::uint8_t>(i >> 8),
                                             static_cast<std::uint8_t>(i)};
    first += lease(backend.pick(key, {}, now)).server() == 0 ? 1 : 0;
  }
  return first / 1000.0;
}

TEST_CASE("hashes move keys to a server that comes back little by little", "[balancer]") {
  conf::Backend config = four_servers(GENERATE(conf::Algorithm::kHash, conf::Algorithm::kMaglev));
  config.balance.hash_type = conf::HashType::kConsistent;
  config.balance.avalanche = true;
  CAPTURE(static_cast<int>(config.balance.by));
  for (std::uint32_t id = 0; id < 4; ++id) {
    config.servers[id].id = id + 1;
    config.servers[id].name = std::string(1, static_cast<char>('a' + id));
    config.servers[id].weight = 256;
  }
  GrantList waker;
  TestBackend backend(std::move(config), waker);
  const double whole = keys_of_first(backend, 0);
  set_health(backend, 0, Health::kDown);
  CHECK(keys_of_first(backend, 0) == 0);
  set_health(backend, 0, Health::kUp, 10'000);

  for (const double part : {0.1, 0.5, 0.9}) {
    CAPTURE(part);
    const Tick now = 10'000 + static_cast<Tick>(part * kRamp);
    backend.step(now);
    CHECK(std::abs(keys_of_first(backend, now) - 100 * part / (3 + part)) < 3);
  }
  backend.step(10'000 + kRamp);
  CHECK(keys_of_first(backend, 10'000 + kRamp) == whole);
}

TEST_CASE("slow start begins with whatever lets a server in", "[balancer]") {
  GrantList waker;
  TestBackend backend(four_servers(conf::Algorithm::kRoundRobin), waker);
  const auto out_and_in = GENERATE(0, 1, 2, 3);
  const auto change = [&](bool in, Tick now) {
    backend.update(
        0,
        [&](Facts& facts) {
          if (out_and_in == 0) facts.health = in ? Health::kUp : Health::kDown;
          if (out_and_in == 1) facts.admin = in ? Admin::kReady : Admin::kMaint;
          if (out_and_in == 2) facts.admin = in ? Admin::kReady : Admin::kDrain;
          if (out_and_in == 3) facts.operator_weight = in ? 10 : 0;
        },
        now);
  };

  CHECK_FALSE(backend.starting());
  change(false, 1000);
  CHECK_FALSE(backend.starting());
  change(true, 2000);
  CHECK(backend.starting());
  backend.step(2000 + kRamp);
  CHECK_FALSE(backend.starting());
}

TEST_CASE("slow start at the start of the process is for those who ask for it", "[balancer]") {
  GrantList waker;
  conf::Backend config = four_servers(conf::Algorithm::kRoundRobin);
  config.servers[0].slow_start_at_start = true;
  TestBackend backend(std::move(config), waker);
  std::vector<balancer::Lease> leases;

  CHECK(backend.starting());
  CHECK(share_of_first(backend, leases, 0) < 1);
}

TEST_CASE("maxconn rises in slow start as well, and gives free slots to those who wait",
          "[balancer]") {
  GrantList waker;
  conf::Server server;
  server.maxconn = 10;
  server.slow_start = std::chrono::milliseconds{1000};
  server.slow_start_at_start = true;
  TestBackend backend(backend_of({server}), waker);
  std::vector<balancer::Choice> choices;
  for (int i = 0; i < 12; ++i) choices.push_back(backend.pick({}, {}, 0));
  CHECK(backend.view()[0].open == 1);

  backend.step(300);
  CHECK(backend.view()[0].open == 3);
  backend.step(1000);
  CHECK(backend.view()[0].open == 10);
  CHECK(backend.queued() == 2);
}
