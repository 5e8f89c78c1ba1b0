#include "balancer/wait_queue.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>

using balancer::Key;
using balancer::Waiter;
using balancer::WaitQueue;

namespace {

Waiter waiter(std::uint32_t slot) { return {.worker = 0, .slot = slot, .generation = 0}; }

}  // namespace

TEST_CASE("waiters come out in the order they went in, less those who left", "[balancer]") {
  WaitQueue queue;
  (void)queue.push(waiter(1), {});
  const auto second = queue.push(waiter(2), {});
  (void)queue.push(waiter(3), {});
  const auto last = queue.push(waiter(4), {});

  CHECK(queue.leave(second));
  CHECK(queue.leave(last));

  CHECK(queue.size() == 2);
  CHECK(queue.pop().waiter == waiter(1));
  CHECK(queue.pop().waiter == waiter(3));
  CHECK(queue.empty());
}

TEST_CASE("a waiter's place counts who was served while it waited, and itself", "[balancer]") {
  WaitQueue queue;
  const auto first = queue.push(waiter(1), {});
  (void)queue.push(waiter(2), {});
  const auto third = queue.push(waiter(3), {});
  (void)queue.push(waiter(4), {});

  CHECK(queue.leave(first) == 1);
  CHECK(queue.pop().place == 1);
  CHECK(queue.leave(third) == 2);
  CHECK(queue.pop().place == 2);

  (void)queue.push(waiter(5), {});
  CHECK(queue.pop().place == 1);
}

TEST_CASE("an old ticket does not take out who waits at its place now", "[balancer]") {
  WaitQueue queue;
  const auto old = queue.push(waiter(1), {});
  (void)queue.pop();
  const auto current = queue.push(waiter(2), {});

  CHECK_FALSE(queue.leave(old));
  CHECK_FALSE(queue.leave(0));
  CHECK_FALSE(queue.leave(UINT64_MAX));
  CHECK(queue.size() == 1);
  CHECK(queue.leave(current));
}

TEST_CASE("a waiter's key is kept with it", "[balancer]") {
  WaitQueue queue;
  std::array<std::uint8_t, 4> address = {192, 0, 2, 1};
  (void)queue.push(waiter(1), address);
  address = {};

  const Key key = queue.first_key();

  REQUIRE(key.size() == 4);
  CHECK(key[0] == 192);
  CHECK(key[3] == 1);
}
