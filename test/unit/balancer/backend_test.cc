#include "balancer/backend.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "test/unit/balancer/support.h"

using balancer::Admin;
using balancer::Backend;
using balancer::Counts;
using balancer::Health;
using balancer::Lease;
using balancer::None;
using balancer::ServerId;

namespace {

// The servers of sessions that come and go one after another.
std::vector<ServerId> picks(Backend& backend, int count) {
  std::vector<ServerId> order;
  for (int i = 0; i < count; ++i) order.push_back(lease(backend.pick({}, {}, 0)).server());
  return order;
}

conf::Server plain() { return {}; }

conf::Server backup() {
  conf::Server server;
  server.backup = true;
  return server;
}

}  // namespace

TEST_CASE("sessions go to the servers in turn, and each holds a slot until it ends", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(2), waker);

  Lease first = lease(backend.pick({}, {}, 0));
  Lease second = lease(backend.pick({}, {}, 0));
  Lease third = lease(backend.pick({}, {}, 0));

  CHECK(first.server() == 0);
  CHECK(second.server() == 1);
  CHECK(backend.view()[0].open == 2);
  CHECK(backend.view()[1].open == 1);
  third = Lease{};
  CHECK(backend.view()[0].open == 1);
  CHECK(backend.view()[0].picked == 2);
}

TEST_CASE("the end of a lease tells what is left, once", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(2), waker);
  Lease first = lease(backend.pick({}, {}, 0));
  const Lease second = lease(backend.pick({}, {}, 0));
  const Lease third = lease(backend.pick({}, {}, 0));

  const Counts left = first.end();
  const Counts again = first.end();

  CHECK(left.backend == 2);
  CHECK(left.server == 1);
  CHECK(again.backend == 0);
  CHECK(again.server == 0);
  CHECK_FALSE(first);
}

TEST_CASE("a moved lease holds one slot, also when it is moved onto itself", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1), waker);
  Lease held = lease(backend.pick({}, {}, 0));

  Lease& same = held;
  held = std::move(same);
  CHECK(held);
  CHECK(backend.view()[0].open == 1);

  Lease other = std::move(held);
  CHECK_FALSE(held);  // NOLINT(bugprone-use-after-move): what is left of it is the point
  CHECK(backend.view()[0].open == 1);

  other = lease(backend.pick({}, {}, 0));
  CHECK(backend.view()[0].open == 1);
}

TEST_CASE("answers are measured for peak-ewma, whether it places all clients or new ones only",
          "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of(2);
  config.balance.first_visit = conf::Algorithm::kPeakEwma;
  const auto measures = [&](conf::Algorithm by) {
    config.balance.by = by;
    return TestBackend(config, waker).measures();
  };

  CHECK(measures(conf::Algorithm::kPeakEwma));
  CHECK(measures(conf::Algorithm::kStickySource));
  CHECK_FALSE(measures(conf::Algorithm::kRandom));
}

TEST_CASE("peak-ewma leaves a server alone that refuses, however long a connect may take",
          "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of(2);
  config.balance.by = conf::Algorithm::kPeakEwma;
  config.connect_timeout = GENERATE(conf::Milliseconds{5000}, conf::Milliseconds::max());
  TestBackend backend(std::move(config), waker);

  backend.refused(0, 0);
  backend.answered(1, std::chrono::milliseconds{100}, 0);

  CHECK(picks(backend, 5) == std::vector<ServerId>{1, 1, 1, 1, 1});
}

TEST_CASE("a server that is in drain, in maint or down gets no session", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(4), waker);
  set_admin(backend, 0, Admin::kDrain);
  set_admin(backend, 1, Admin::kMaint);
  set_health(backend, 2, Health::kDown);

  CHECK(picks(backend, 3) == std::vector<ServerId>{3, 3, 3});

  set_health(backend, 2, Health::kUp);
  CHECK(picks(backend, 4) == std::vector<ServerId>{2, 3, 2, 3});
}

TEST_CASE("the answer is none when no server is usable", "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of(2);
  config.servers[0].disabled = true;
  config.servers[1].address.reset();
  TestBackend backend(config, waker);

  CHECK(std::holds_alternative<None>(backend.pick({}, {}, 0)));
  CHECK(backend.queued() == 0);
}

TEST_CASE("only the first usable backup serves, and only while no other server is usable",
          "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of({backup(), plain(), backup(), plain()}), waker);
  CHECK(picks(backend, 4) == std::vector<ServerId>{1, 3, 1, 3});

  set_health(backend, 1, Health::kDown);
  CHECK(picks(backend, 2) == std::vector<ServerId>{3, 3});

  set_admin(backend, 3, Admin::kDrain);
  CHECK(picks(backend, 2) == std::vector<ServerId>{0, 0});

  set_health(backend, 0, Health::kDown);
  CHECK(picks(backend, 2) == std::vector<ServerId>{2, 2});

  set_health(backend, 0, Health::kUp);
  CHECK(picks(backend, 2) == std::vector<ServerId>{0, 0});

  set_admin(backend, 3, Admin::kReady);
  CHECK(picks(backend, 2) == std::vector<ServerId>{3, 3});
}

TEST_CASE("a backup does not help out servers that are merely full", "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of({plain(), backup()});
  config.servers[0].maxconn = 1;
  TestBackend backend(config, waker);
  const Lease held = lease(backend.pick({}, {}, 0));

  const auto choice = backend.pick({}, {}, 0);

  CHECK(std::holds_alternative<balancer::Wait>(choice));
}

TEST_CASE("a server at its maxconn is passed over until one of its sessions ends", "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of(2);
  config.servers[0].maxconn = 1;
  TestBackend backend(config, waker);

  Lease held = lease(backend.pick({}, {}, 0));
  CHECK(held.server() == 0);
  CHECK(picks(backend, 3) == std::vector<ServerId>{1, 1, 1});

  held.end();
  CHECK(picks(backend, 1) == std::vector<ServerId>{0});
}

TEST_CASE("after a failed connect another server is picked, never the same", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(2), waker);
  const Lease failed = lease(backend.pick({}, {}, 0));
  REQUIRE(failed.server() == 0);

  for (int i = 0; i < 5; ++i) CHECK(backend.pick_other({}, 0, 1, 0).server() == 1);
  set_health(backend, 1, Health::kDown);
  CHECK_FALSE(backend.pick_other({}, 0, 1, 0));

  set_health(backend, 1, Health::kUp);
  CHECK(picks(backend, 1) == std::vector<ServerId>{0});
}

TEST_CASE("another server is not picked when the others are full, or the avoided one is",
          "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(2, 1), waker);
  const Lease failed = lease(backend.pick({}, {}, 0));
  {
    const Lease other = backend.pick_other({}, failed.server(), 1, 0);
    REQUIRE(other);
    CHECK_FALSE(backend.pick_other({}, failed.server(), 1, 0));
  }

  const Lease other = backend.pick_other({}, failed.server(), 1, 0);
  CHECK(other.server() == 1);
}
