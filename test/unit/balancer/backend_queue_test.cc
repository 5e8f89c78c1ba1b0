#include <catch2/catch.hpp>
#include <variant>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/support.h"

using balancer::Admin;
using balancer::Health;
using balancer::Lease;
using balancer::None;
using balancer::Wait;
using balancer::Waiter;

namespace {

constexpr Waiter kAnn = {.worker = 0, .slot = 1, .generation = 1};
constexpr Waiter kBob = {.worker = 1, .slot = 1, .generation = 1};
constexpr Waiter kCid = {.worker = 2, .slot = 1, .generation = 1};

}  // namespace

TEST_CASE("who finds all servers full waits, and is a session of the backend meanwhile",
          "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));
  (void)wait(backend.pick({}, kBob, 0));

  CHECK(backend.queued() == 2);
  CHECK(backend.sessions() == 3);
  const auto left = held.end();
  CHECK(left.backend == 2);
  CHECK(left.server == 0);
}

TEST_CASE("a grant tells the place that its waiter had", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));
  (void)wait(backend.pick({}, kBob, 0));
  const Wait cid = wait(backend.pick({}, kCid, 0));

  held.end();
  waker.grants[0].lease.end();

  REQUIRE(waker.grants.size() == 2);
  CHECK(waker.grants[0].from.place == 1);
  CHECK(waker.grants[1].from.place == 2);
  CHECK(backend.leave(cid.ticket).value().place == 3);
}

TEST_CASE("slots that come free go to those who wait, in the order they came", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(2, 1), waker);
  Lease first = lease(backend.pick({}, {}, 0));
  Lease second = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));
  (void)wait(backend.pick({}, kBob, 0));

  second.end();
  first.end();

  REQUIRE(waker.grants.size() == 2);
  CHECK(waker.grants[0].to == kAnn);
  CHECK(waker.grants[0].lease.server() == 1);
  CHECK(waker.grants[1].to == kBob);
  CHECK(waker.grants[1].lease.server() == 0);
  CHECK(backend.queued() == 0);
}

TEST_CASE("a granted slot is taken at once: who comes later waits", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));

  held.end();

  CHECK(waker.grants.size() == 1);
  CHECK(wait(backend.pick({}, kBob, 0)).ticket != 0);
}

TEST_CASE("a grant that finds nobody goes on to the next who waits", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));
  (void)wait(backend.pick({}, kBob, 0));
  held.end();
  REQUIRE(waker.grants.size() == 1);

  waker.grants[0].lease.end();

  REQUIRE(waker.grants.size() == 2);
  CHECK(waker.grants[1].to == kBob);
}

TEST_CASE("who has left the queue gets nothing, and the next takes the place", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));
  const Wait bob = wait(backend.pick({}, kBob, 0));
  (void)wait(backend.pick({}, kCid, 0));

  CHECK(backend.leave(bob.ticket));
  CHECK_FALSE(backend.leave(bob.ticket));
  held.end();
  waker.grants[0].lease.end();

  REQUIRE(waker.grants.size() == 2);
  CHECK(waker.grants[0].to == kAnn);
  CHECK(waker.grants[1].to == kCid);
}

TEST_CASE("who leaves too late learns that the grant is on its way", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  const Wait ann = wait(backend.pick({}, kAnn, 0));
  held.end();

  CHECK_FALSE(backend.leave(ann.ticket));
  CHECK(waker.grants.size() == 1);
}

TEST_CASE("a server that becomes usable is given to those who wait, up to its limit",
          "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of(2);
  config.servers[0].maxconn = 1;
  config.servers[1].maxconn = 2;
  config.servers[1].disabled = true;
  TestBackend backend(config, waker);
  const Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));
  (void)wait(backend.pick({}, kBob, 0));
  (void)wait(backend.pick({}, kCid, 0));

  set_admin(backend, 1, Admin::kReady);

  REQUIRE(waker.grants.size() == 2);
  CHECK(waker.grants[0].to == kAnn);
  CHECK(waker.grants[1].to == kBob);
  CHECK(waker.grants[1].lease.server() == 1);
  CHECK(backend.queued() == 1);
}

TEST_CASE("a backup that takes over is given to those who wait", "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of(2);
  config.servers[0].maxconn = 1;
  config.servers[1].backup = true;
  TestBackend backend(config, waker);
  const Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));

  set_health(backend, 0, Health::kDown);

  REQUIRE(waker.grants.size() == 1);
  CHECK(waker.grants[0].lease.server() == 1);
}

TEST_CASE("who waits goes on waiting when the last server goes, who comes then gets none",
          "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));

  set_health(backend, 0, Health::kDown);
  held.end();

  CHECK(waker.grants.empty());
  CHECK(backend.queued() == 1);
  CHECK(std::holds_alternative<None>(backend.pick({}, kBob, 0)));

  set_health(backend, 0, Health::kUp);
  REQUIRE(waker.grants.size() == 1);
  CHECK(waker.grants[0].to == kAnn);
}

TEST_CASE("a redispatch does not overtake those who wait", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(2, 1), waker);
  const Lease failed = lease(backend.pick({}, {}, 0));
  Lease other = lease(backend.pick({}, {}, 0));
  (void)wait(backend.pick({}, kAnn, 0));
  other.end();

  CHECK_FALSE(backend.pick_other({}, failed.server(), 1, 0));
  CHECK(waker.grants.size() == 1);
}
