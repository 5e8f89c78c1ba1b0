#include <catch2/catch.hpp>
#include <utility>

#include "test/unit/balancer/support.h"

using balancer::Admin;
using balancer::Health;
using balancer::Lease;

namespace {

constexpr balancer::Tick kLater = 5'000;

}  // namespace

TEST_CASE("a backend keeps the most sessions and waiters that it had", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 1), waker);
  {
    const Lease lease = ::lease(backend.pick({}, {}, kLater));
    const auto first = wait(backend.pick({}, {}, kLater));
    const auto second = wait(backend.pick({}, {}, kLater));
    CHECK(backend.view_of_all(kLater).queued == 2);
    backend.leave(first.ticket);
    backend.leave(second.ticket);
  }

  const auto all = backend.view_of_all(kLater);

  CHECK(all.sessions == 0);
  CHECK(all.most_sessions == 3);
  CHECK(all.most_queued == 2);
  CHECK(all.rate == 3);
  CHECK(backend.view()[0].most_open == 1);
  CHECK(backend.view()[0].last == kLater);
}

TEST_CASE("what was most begins anew from what is", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1), waker);
  const Lease stays = lease(backend.pick({}, {}, 0));
  Lease goes = lease(backend.pick({}, {}, 0));
  goes.end();

  backend.forget_most();

  CHECK(backend.view_of_all(0).most_sessions == 1);
  CHECK(backend.view()[0].most_open == 1);
  CHECK(backend.view_of_all(0).most_rate == 0);
}

TEST_CASE("another attempt at the same server counts for its rate", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1), waker);
  const Lease lease = ::lease(backend.pick({}, {}, kLater));

  backend.tried_again(0, kLater + 10);

  CHECK(backend.view(0, 1, kLater + 10)[0].rate == 2);
  CHECK(backend.view()[0].last == kLater + 10);
  CHECK(backend.view_of_all(kLater + 10).rate == 1);
}

TEST_CASE("a server that goes down is told with when, how often and for how long", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(2), waker);

  set_health(backend, 0, Health::kDown, 1'000);
  set_health(backend, 0, Health::kGoingUp, 2'000);  // still down
  CHECK(backend.view()[0].history.changed == 1'000);
  set_health(backend, 0, Health::kUp, 4'000);
  set_admin(backend, 0, Admin::kMaint, 5'000);

  const auto history = backend.view()[0].history;
  CHECK(history.changed == 5'000);
  CHECK(history.downs == 2);
  CHECK(history.down_ms == 3'000);
  CHECK(backend.view_of_all(0).history.downs == 0);
}

TEST_CASE("a backend is down while none of its servers serves", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1), waker);

  set_health(backend, 0, Health::kDown, 1'000);
  CHECK_FALSE(backend.view_of_all(0).up);
  set_health(backend, 0, Health::kUp, 3'500);

  const auto all = backend.view_of_all(0);
  CHECK(all.up);
  CHECK(all.history.downs == 1);
  CHECK(all.history.down_ms == 2'500);
}

TEST_CASE("a view of many servers is taken some at a time", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(5), waker);

  CHECK(backend.view(0, 2).size() == 2);
  CHECK(backend.view(4, 2).size() == 1);
  CHECK(backend.view(5, 2).empty());
}
