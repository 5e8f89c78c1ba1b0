#include <catch2/catch.hpp>
#include <variant>
#include <vector>

#include "support.h"

using balancer::Crossing;
using balancer::Facts;
using balancer::Health;
using balancer::Outcome;
using balancer::Shift;

namespace {

// What a session of its own reports of the first server that is picked; with `ids` of another one.
class Reporter {
 public:
  Reporter(balancer::Backend& backend, std::size_t servers) {
    for (std::size_t i = 0; i < servers; ++i) leases_.push_back(lease(backend.pick({}, {}, 0)));
    backend_ = &backend;
  }
  Crossing operator()(balancer::ServerId server, Outcome outcome) {
    for (const balancer::Lease& one : leases_)
      if (one.server() == server) return backend_->report(one, outcome);
    FAIL("no session is at that server");
    return Crossing::kNone;
  }

 private:
  balancer::Backend* backend_ = nullptr;
  std::vector<balancer::Lease> leases_;
};

conf::Backend watched(std::size_t count, std::uint32_t error_limit) {
  conf::Backend config = backend_of(count);
  for (conf::Server& server : config.servers)
    server.observe = conf::Observe{.error_limit = error_limit};
  return config;
}

}  // namespace

TEST_CASE("so many failures in a row are told once, and then counted anew", "[balancer]") {
  GrantList waker;
  TestBackend backend(watched(2, 3), waker);

  REQUIRE(backend.watches());
  Reporter report(backend, 2);
  for (int round = 0; round < 2; ++round) {
    CHECK(report(0, Outcome::kFailed) == Crossing::kNone);
    CHECK(report(0, Outcome::kFailed) == Crossing::kNone);
    CHECK(report(1, Outcome::kFailed) == Crossing::kNone);
    CHECK(report(1, Outcome::kServed) == Crossing::kNone);
    CHECK(report(0, Outcome::kFailed) == Crossing::kErrorLimit);
  }
}

TEST_CASE("one success forgets the failures before it", "[balancer]") {
  GrantList waker;
  TestBackend backend(watched(1, 2), waker);
  Reporter report(backend, 1);

  for (int i = 0; i < 5; ++i) {
    CHECK(report(0, Outcome::kFailed) == Crossing::kNone);
    CHECK(report(0, Outcome::kServed) == Crossing::kNone);
  }
}

TEST_CASE("nobody counts where nothing is observed", "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1), waker);

  CHECK_FALSE(backend.watches());
  Reporter report(backend, 1);
  for (int i = 0; i < 100; ++i) CHECK(report(0, Outcome::kFailed) == Crossing::kNone);
}

TEST_CASE("a server on trial gets one session at a time until it is trusted again", "[balancer]") {
  GrantList waker;
  TestBackend backend(watched(1, 3), waker);
  backend.update(0, [](Facts& facts) { facts.on_trial = true; }, 0);

  balancer::Lease first = lease(backend.pick({}, {}, 0));
  CHECK(std::holds_alternative<balancer::Wait>(backend.pick({}, {}, 0)));
  CHECK(backend.report(first, Outcome::kFailed) == Crossing::kTrialFailed);
  CHECK(backend.report(first, Outcome::kServed) == Crossing::kTrialPassed);
  first.end();
  REQUIRE(waker.grants.size() == 1);
  CHECK(std::holds_alternative<balancer::Wait>(backend.pick({}, {}, 0)));
  backend.update(0, [](Facts& facts) { facts.on_trial = false; }, 0);

  REQUIRE(waker.grants.size() == 2);
  CHECK(lease(backend.pick({}, {}, 0)));
}

TEST_CASE("sessions from before the trial neither take its place nor decide it", "[balancer]") {
  GrantList waker;
  TestBackend backend(watched(1, 3), waker);
  const balancer::Lease old = lease(backend.pick({}, {}, 0));
  backend.update(0, [](Facts& facts) { facts.on_trial = true; }, 0);

  const balancer::Lease trial = lease(backend.pick({}, {}, 0));

  CHECK(backend.report(old, Outcome::kFailed) == Crossing::kNone);
  CHECK(backend.report(old, Outcome::kServed) == Crossing::kNone);
  CHECK(backend.report(trial, Outcome::kServed) == Crossing::kTrialPassed);
}

TEST_CASE("a server's maxconn may change while sessions hold its slots and others wait",
          "[balancer]") {
  GrantList waker;
  TestBackend backend(backend_of(1, 3), waker);
  const auto limit_to = [&backend](std::uint32_t most) {
    backend.update(0, [most](Facts& facts) { facts.maxconn = most; }, 0);
  };
  std::vector<balancer::Lease> held;
  for (int i = 0; i < 3; ++i) held.push_back(lease(backend.pick({}, {}, 0)));
  for (int i = 0; i < 4; ++i)
    REQUIRE(std::holds_alternative<balancer::Wait>(backend.pick({}, {}, 0)));

  limit_to(1);
  held.pop_back();
  held.pop_back();
  CHECK(waker.grants.empty());
  limit_to(2);
  CHECK(waker.grants.size() == 1);
  limit_to(0);
  CHECK(waker.grants.size() == 4);
}

TEST_CASE("a change tells who is left, and what becomes of those who waited for the server",
          "[balancer]") {
  conf::Backend config = backend_of(4, 1);
  config.balance.by = conf::Algorithm::kSource;
  config.servers[3].backup = true;
  GrantList waker;
  TestBackend backend(config, waker);
  const std::vector<std::uint8_t> client = {10, 0, 0, 1};
  const balancer::Lease first = lease(backend.pick(client, {}, 0));
  REQUIRE(wait(backend.pick(client, {}, 0)).at == first.server());
  REQUIRE(wait(backend.pick(client, {}, 0)).at == first.server());

  const Shift down =
      backend.update(first.server(), [](Facts& facts) { facts.health = Health::kDown; }, 0);

  CHECK(down.was_usable);
  CHECK_FALSE(down.is_usable);
  CHECK(down.active == 2);
  CHECK(down.backup == 1);
  CHECK(down.sessions == 1);
  CHECK(down.requeued == 2);
}

TEST_CASE("who could serve is counted, a backup as well", "[balancer]") {
  GrantList waker;
  conf::Backend config = watched(3, 3);
  config.servers[2].backup = true;
  TestBackend backend(config, waker);

  CHECK(backend.eligible() == 3);
  backend.update(0, [](Facts& facts) { facts.ejected = true; }, 0);
  backend.update(1, [](Facts& facts) { facts.health = Health::kDown; }, 0);
  CHECK(backend.eligible() == 1);
}
