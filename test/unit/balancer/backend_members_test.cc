#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/support.h"

// Servers that come and go while the backend is at work.
using balancer::Admin;
using balancer::Lease;
using balancer::ServerId;
using conf::Algorithm;

namespace {

constexpr std::array kGrowing = {
    Algorithm::kRoundRobin, Algorithm::kLeastConnections, Algorithm::kFirst, Algorithm::kRandom,
    Algorithm::kPeakEwma,   Algorithm::kMaglev,           Algorithm::kHash};

conf::Server server_named(std::uint32_t number) {
  conf::Server server;
  server.name = "s" + std::to_string(number);
  server.id = number;
  server.address = conf::Address{};
  return server;
}

conf::Backend numbered(Algorithm by, std::uint32_t count) {
  std::vector<conf::Server> servers;
  for (std::uint32_t number = 1; number <= count; ++number) servers.push_back(server_named(number));
  conf::Backend config = backend_of(std::move(servers));
  config.balance.by = by;
  config.balance.hash_type = conf::HashType::kConsistent;
  return config;
}

std::array<std::uint8_t, 4> client(std::uint32_t number) {
  return {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
          static_cast<std::uint8_t>(number)};
}

ServerId picked(balancer::Backend& backend, std::uint32_t number) {
  return lease(backend.pick(client(number), {}, 0)).server();
}

std::uint32_t pick_of(Random& random, const auto& some) {
  return random.below(static_cast<std::uint32_t>(some.size()));
}

// At the lowest id that nobody has.
ServerId add(balancer::Backend& backend, const conf::Server& server) {
  const auto views = backend.view();
  const auto vacant = std::ranges::find(views, true, &balancer::ServerView::vacant);
  const auto id = static_cast<ServerId>(vacant - views.begin());
  backend.add(id, server, 0);
  return id;
}

void join(balancer::Backend& backend, const conf::Server& server) {
  set_admin(backend, add(backend, server), Admin::kReady);
}

}  // namespace

TEST_CASE("a server that comes gets nobody before it is ready", "[balancer]") {
  for (const Algorithm by : kGrowing) {
    GrantList waker;
    TestBackend backend(numbered(by, 2), waker);

    const ServerId added = add(backend, server_named(3));
    for (std::uint32_t i = 0; i < 200; ++i) CHECK(picked(backend, i) != added);
    set_admin(backend, 0, Admin::kMaint);
    set_admin(backend, 1, Admin::kMaint);
    set_admin(backend, added, Admin::kReady);

    CHECK(added == 2);
    for (std::uint32_t i = 0; i < 200; ++i) CHECK(picked(backend, i) == added);
  }
}

TEST_CASE("a backend that has grown sends clients where one that was made so does", "[balancer]") {
  for (const Algorithm by : {Algorithm::kHash, Algorithm::kMaglev, Algorithm::kFirst}) {
    GrantList waker;
    TestBackend made(numbered(by, 8), waker);
    TestBackend grown(numbered(by, 3), waker);
    for (std::uint32_t number = 4; number <= 8; ++number) join(grown, server_named(number));

    for (std::uint32_t i = 0; i < 2'000; ++i) REQUIRE(picked(grown, i) == picked(made, i));
  }
}

TEST_CASE("a server that comes has its whole share of the turns", "[balancer]") {
  GrantList waker;
  TestBackend backend(numbered(Algorithm::kRoundRobin, 3), waker);
  join(backend, server_named(4));

  std::map<ServerId, int> picks;
  for (std::uint32_t i = 0; i < 400; ++i) ++picks[picked(backend, i)];

  CHECK(picks == std::map<ServerId, int>{{0, 100}, {1, 100}, {2, 100}, {3, 100}});
}

TEST_CASE("first goes by the ids of servers, whenever they have come", "[balancer]") {
  GrantList waker;
  conf::Backend config = numbered(Algorithm::kFirst, 2);
  config.servers[0].id = 10;
  config.servers[1].id = 20;
  TestBackend backend(std::move(config), waker);

  join(backend, server_named(15));
  CHECK(picked(backend, 0) == 0);
  set_admin(backend, 0, Admin::kMaint);
  CHECK(picked(backend, 0) == 2);
}

TEST_CASE("a server goes only from maintenance, and when nobody is there", "[balancer]") {
  GrantList waker;
  TestBackend backend(numbered(Algorithm::kRoundRobin, 1), waker);
  CHECK_FALSE(backend.remove(0));
  {
    const Lease held = lease(backend.pick({}, {}, 0));
    set_admin(backend, 0, Admin::kMaint);
    CHECK_FALSE(backend.remove(0));
  }

  CHECK(backend.remove(0));
  CHECK_FALSE(backend.remove(0));
  CHECK(backend.view()[0].vacant);
  CHECK(std::holds_alternative<balancer::None>(backend.pick({}, {}, 0)));
}

TEST_CASE("the id of a server that has gone is given to the next", "[balancer]") {
  for (const Algorithm by : kGrowing) {
    GrantList waker;
    TestBackend backend(numbered(by, 3), waker);
    set_admin(backend, 1, Admin::kMaint);
    REQUIRE(backend.remove(1));
    for (std::uint32_t i = 0; i < 100; ++i) CHECK(picked(backend, i) != 1);

    CHECK(add(backend, server_named(9)) == 1);
    CHECK(add(backend, server_named(10)) == 3);
    CHECK(backend.view().size() == 4);
    CHECK(backend.view()[1].picked == 0);
  }
}

TEST_CASE("a limit holds for a server that has come, and those who wait get its slots",
          "[balancer]") {
  GrantList waker;
  conf::Backend config = numbered(Algorithm::kRoundRobin, 1);
  config.servers[0].maxconn = 1;
  TestBackend backend(std::move(config), waker);
  const Lease held = lease(backend.pick({}, {}, 0));
  static_cast<void>(wait(backend.pick({}, {.slot = 1}, 0)));
  static_cast<void>(wait(backend.pick({}, {.slot = 2}, 0)));

  conf::Server limited = server_named(2);
  limited.maxconn = 1;
  join(backend, limited);

  REQUIRE(waker.grants.size() == 1);
  CHECK(waker.grants[0].to.slot == 1);
  CHECK(waker.grants[0].lease.server() == 1);
}

TEST_CASE("many changes in a batch hold when it ends", "[balancer]") {
  for (const Algorithm by : {Algorithm::kHash, Algorithm::kMaglev, Algorithm::kRoundRobin}) {
    GrantList waker;
    TestBackend backend(numbered(by, 8), waker);
    TestBackend changed(numbered(by, 8), waker);
    for (ServerId id = 0; id < 7; id += 2) set_admin(changed, id, Admin::kMaint);
    {
      const balancer::Backend::Batch batch(backend);
      for (ServerId id = 0; id < 7; id += 2) set_admin(backend, id, Admin::kMaint);
    }

    for (std::uint32_t i = 0; i < 500; ++i) REQUIRE(picked(backend, i) == picked(changed, i));
  }
}

TEST_CASE("whatever comes and goes, sessions get ready servers only", "[balancer]") {
  for (const Algorithm by : kGrowing) {
    GrantList waker;
    TestBackend backend(numbered(by, 2), waker);
    Random random(static_cast<std::uint32_t>(by) + 1);
    std::map<ServerId, Admin> servers = {{0, Admin::kReady}, {1, Admin::kReady}};
    std::vector<Lease> held;
    std::uint32_t number = 2;
    for (int step = 0; step < 3'000; ++step) {
      const auto [id, admin] = *std::next(servers.begin(), pick_of(random, servers));
      switch (random.below(6)) {
        case 0:
          if (servers.size() < 12) servers[add(backend, server_named(++number))] = Admin::kMaint;
          break;
        case 1:
          if (id != 0 && backend.remove(id)) servers.erase(id);
          break;
        case 2:
          if (id == 0) break;
          servers[id] = admin == Admin::kReady ? Admin::kMaint : Admin::kReady;
          set_admin(backend, id, servers[id]);
          break;
        case 3:
          if (!held.empty()) held.erase(held.begin() + pick_of(random, held));
          break;
        default:
          held.push_back(lease(backend.pick(client(random.below(1'000)), {}, 0)));
          REQUIRE(servers.at(held.back().server()) == Admin::kReady);
      }
    }
  }
}
