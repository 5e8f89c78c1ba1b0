#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "balancer/backend.h"
#include "test/unit/balancer/allocations.h"
#include "test/unit/balancer/support.h"

using balancer::Lease;

TEST_CASE("picking, redispatching and releasing allocate nothing", "[balancer]") {
  GrantList waker;
  conf::Backend config = backend_of(100, 2);
  for (std::size_t i = 0; i < config.servers.size(); ++i) {
    config.servers[i].weight = 1 + static_cast<std::uint32_t>(i % 7);
  }
  TestBackend backend(config, waker);
  std::vector<Lease> leases;
  leases.reserve(200);

  const std::size_t before = allocations();
  for (int round = 0; round < 20; ++round) {
    while (leases.size() < 199) leases.push_back(lease(backend.pick({}, {}, 0)));
    leases.push_back(backend.pick_other({}, leases.back().server(), 1, 0));
    leases.clear();
  }
  const std::size_t after = allocations();

  CHECK(after == before);
}

TEST_CASE("a queue that was as long before allocates nothing", "[balancer]") {
  GrantList waker;
  waker.grants.reserve(100);
  TestBackend backend(backend_of(1, 1), waker);
  Lease held = lease(backend.pick({}, {}, 0));
  std::vector<std::uint64_t> tickets(50);
  const auto fill_and_leave = [&] {
    for (auto& ticket : tickets) ticket = wait(backend.pick({}, {}, 0)).ticket;
    for (const auto ticket : tickets) backend.leave(ticket);
  };
  fill_and_leave();

  const std::size_t before = allocations();
  fill_and_leave();
  (void)wait(backend.pick({}, {}, 0));
  held.end();
  const std::size_t after = allocations();

  CHECK(after == before);
  CHECK(waker.grants.size() == 1);
}
