#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <variant>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/support.h"

using balancer::Admin;
using balancer::Health;
using balancer::Lease;
using balancer::Overflow;
using balancer::Wait;
using balancer::Waiter;

namespace {

constexpr Waiter kAnn = {.worker = 0, .slot = 1, .generation = 1};
constexpr Waiter kBob = {.worker = 1, .slot = 1, .generation = 1};

// Of two servers the one that the last number of an address binds to is this plus 0 or 1.
std::array<std::uint8_t, 4> address(std::uint8_t last) { return {10, 0, 0, last}; }

conf::Backend bound(std::uint32_t maxconn, std::uint32_t maxqueue = 0) {
  conf::Server server;
  server.maxconn = maxconn;
  server.maxqueue = maxqueue;
  conf::Backend config = backend_of({server, server});
  config.servers[0].id = 1;
  config.servers[1].id = 2;
  config.balance.by = conf::Algorithm::kSource;
  return config;
}

}  // namespace

TEST_CASE("a client that is bound to a full server waits for it beside a free one", "[balancer]") {
  GrantList waker;
  TestBackend backend(bound(1), waker);
  Lease held = lease(backend.pick(address(0), {}, 0));

  const Wait ann = wait(backend.pick(address(2), kAnn, 0));

  CHECK(ann.at == held.server());
  CHECK(backend.view()[held.server()].queued == 1);
  held.end();
  REQUIRE(waker.grants.size() == 1);
  CHECK(waker.grants[0].to == kAnn);
  CHECK(waker.grants[0].from.at_server);
  CHECK(waker.grants[0].from.place == 1);
}

TEST_CASE("when a server goes, who waits for it goes where new clients would", "[balancer]") {
  GrantList waker;
  TestBackend backend(bound(1), waker);
  const Lease held = lease(backend.pick(address(0), {}, 0));
  (void)wait(backend.pick(address(2), kAnn, 0));

  SECTION("into drain") { set_admin(backend, held.server(), Admin::kDrain); }
  SECTION("into maintenance") { set_admin(backend, held.server(), Admin::kMaint); }
  SECTION("down") { set_health(backend, held.server(), Health::kDown); }

  REQUIRE(waker.grants.size() == 1);
  CHECK(waker.grants[0].to == kAnn);
  CHECK(waker.grants[0].lease.server() != held.server());
  CHECK(backend.queued() == 0);
}

TEST_CASE("who waits for the last server that goes is served by the first that comes",
          "[balancer]") {
  GrantList waker;
  TestBackend backend(bound(1), waker);
  set_health(backend, 1, Health::kDown);
  Lease held = lease(backend.pick(address(0), {}, 0));
  (void)wait(backend.pick(address(2), kAnn, 0));
  set_health(backend, 0, Health::kDown);
  CHECK(waker.grants.empty());
  CHECK(backend.queued() == 1);

  set_health(backend, 1, Health::kUp);

  REQUIRE(waker.grants.size() == 1);
  CHECK(waker.grants[0].lease.server() == 1);
}

TEST_CASE("no more wait for a server than its maxqueue", "[balancer]") {
  GrantList waker;
  conf::Backend config = bound(1, 1);
  SECTION("the next goes elsewhere") {
    TestBackend backend(std::move(config), waker);
    const Lease held = lease(backend.pick(address(0), {}, 0));
    (void)wait(backend.pick(address(2), kAnn, 0));
    const Lease other = lease(backend.pick(address(4), kBob, 0));
    CHECK(other.server() != held.server());
  }
  SECTION("the next is turned away where redispatch is off") {
    config.redispatch = 0;
    TestBackend backend(std::move(config), waker);
    const Lease held = lease(backend.pick(address(0), {}, 0));
    (void)wait(backend.pick(address(2), kAnn, 0));
    const auto choice = backend.pick(address(4), kBob, 0);
    REQUIRE(std::holds_alternative<Overflow>(choice));
    CHECK(std::get<Overflow>(choice).at == held.server());
    CHECK(backend.sessions() == 2);
  }
}
