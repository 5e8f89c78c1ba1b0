#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/support.h"

using balancer::Lease;
using balancer::Wait;

namespace {

// One server whose limit rises from 1 to 4 while the sessions of the backend rise to 8.
conf::Backend elastic() {
  conf::Server server;
  server.minconn = 1;
  server.maxconn = 4;
  conf::Backend config = backend_of({server});
  config.fullconn = 8;
  return config;
}

}  // namespace

// HAProxy: max(minconn, sessions * maxconn / fullconn), those who wait counted.
TEST_CASE("a server with a minconn takes more as more sessions are in the backend", "[balancer]") {
  GrantList waker;
  TestBackend backend(elastic(), waker);
  const auto open = [&backend] { return backend.view()[0].open; };
  std::vector<balancer::Choice> choices;
  std::vector<std::uint32_t> opens;
  for (int i = 0; i < 9; ++i) {
    choices.push_back(backend.pick({}, {}, 0));
    opens.push_back(open());
  }

  CHECK(opens == std::vector<std::uint32_t>{1, 1, 1, 2, 2, 3, 3, 4, 4});
}

TEST_CASE("the limit of a server with a minconn falls with the sessions of the backend",
          "[balancer]") {
  GrantList waker;
  TestBackend backend(elastic(), waker);
  std::vector<balancer::Choice> choices;
  for (int i = 0; i < 8; ++i) choices.push_back(backend.pick({}, {}, 0));
  REQUIRE(backend.view()[0].open == 4);
  REQUIRE(backend.queued() == 4);

  // The grants' leases end one after the other, each serving one who waits while that is due.
  choices.clear();
  waker.end_all();

  CHECK(backend.sessions() == 0);
  choices.push_back(backend.pick({}, {}, 0));
  CHECK(std::holds_alternative<Lease>(choices[0]));
  CHECK(std::holds_alternative<Wait>(backend.pick({}, {}, 0)));
}

TEST_CASE("without fullconn a minconn changes nothing", "[balancer]") {
  GrantList waker;
  conf::Backend config = elastic();
  config.fullconn = 0;
  TestBackend backend(std::move(config), waker);
  std::vector<Lease> leases;
  for (int i = 0; i < 4; ++i) leases.push_back(lease(backend.pick({}, {}, 0)));

  CHECK(std::holds_alternative<Wait>(backend.pick({}, {}, 0)));
}

// Its half of the way stands still: the limits are 1 of 2 up to 10 of 20.
TEST_CASE("in slow start nobody overtakes who waits for a server whose limit rises", "[balancer]") {
  GrantList waker;
  conf::Server server;
  server.minconn = 1;
  server.maxconn = 20;
  server.slow_start = std::chrono::milliseconds{1000};
  server.slow_start_at_start = true;
  conf::Backend config = backend_of({server});
  config.fullconn = 20;
  config.balance.by =
      GENERATE(conf::Algorithm::kSource, conf::Algorithm::kRoundRobin, conf::Algorithm::kFirst);
  TestBackend backend(std::move(config), waker);
  backend.step(500);
  const std::array<std::uint8_t, 4> key = {192, 0, 2, 1};

  std::vector<balancer::Choice> choices;
  for (std::uint32_t slot = 0; slot < 20; ++slot)
    choices.push_back(backend.pick(key, {.worker = 0, .slot = slot, .generation = 0}, 500));

  CHECK(backend.view()[0].open == 10);
  REQUIRE(waker.grants.size() == 9);
  for (std::uint32_t i = 0; i < 9; ++i) CHECK(waker.grants[i].to.slot == i + 1);
}
