#include "balancer/wait_queue.h"

#include <array>
#include <catch2/catch.hpp>
#include <cstdint>

#include "test/unit/balancer/random.h"

using balancer::Key;
using balancer::Waiter;
using balancer::WaitQueue;

namespace {

Waiter waiter(std::uint32_t slot) { return {.worker = 0, .slot = slot, .generation = 0}; }

}  // namespace

TEST_CASE("waiters come out in the order they went in, less those who left", "[balancer]") {
  WaitQueue queue(1);
  (void)queue.push(0, waiter(1), {});
  const auto second = queue.push(0, waiter(2), {});
  (void)queue.push(0, waiter(3), {});
  const auto last = queue.push(0, waiter(4), {});

  CHECK(queue.leave(second));
  CHECK(queue.leave(last));

  CHECK(queue.size() == 2);
  CHECK(queue.pop(0).waiter == waiter(1));
  CHECK(queue.pop(0).waiter == waiter(3));
  CHECK(queue.empty(0));
}

TEST_CASE("a waiter's place counts who was served while it waited, and itself", "[balancer]") {
  WaitQueue queue(1);
  const auto first = queue.push(0, waiter(1), {});
  (void)queue.push(0, waiter(2), {});
  const auto third = queue.push(0, waiter(3), {});
  (void)queue.push(0, waiter(4), {});

  CHECK(queue.leave(first).value().place == 1);
  CHECK(queue.pop(0).place == 1);
  CHECK(queue.leave(third).value().place == 2);
  CHECK(queue.pop(0).place == 2);

  (void)queue.push(0, waiter(5), {});
  CHECK(queue.pop(0).place == 1);
}

TEST_CASE("an old ticket does not take out who waits at its place now", "[balancer]") {
  WaitQueue queue(1);
  const auto old = queue.push(0, waiter(1), {});
  (void)queue.pop(0);
  const auto current = queue.push(0, waiter(2), {});

  CHECK_FALSE(queue.leave(old));
  CHECK_FALSE(queue.leave(0));
  CHECK_FALSE(queue.leave(UINT64_MAX));
  CHECK(queue.size() == 1);
  CHECK(queue.leave(current));
}

TEST_CASE("a waiter's key is kept with it", "[balancer]") {
  WaitQueue queue(1);
  std::array<std::uint8_t, 4> address = {192, 0, 2, 1};
  (void)queue.push(0, waiter(1), address);
  address = {};

  const Key key = queue.first_key(0);

  REQUIRE(key.size() == 4);
  CHECK(key[0] == 192);
  CHECK(key[3] == 1);
}

TEST_CASE("a waiter that is moved keeps its ticket and its turn by arrival", "[balancer]") {
  WaitQueue queue(3);
  const auto first = queue.push(1, waiter(1), {});
  (void)queue.push(2, waiter(2), {});
  (void)queue.push(1, waiter(3), {});
  (void)queue.push(2, waiter(4), {});
  CHECK(queue.earlier(1, 2));

  queue.move_first(1, 2);
  queue.move_first(1, 2);

  CHECK(queue.empty(1));
  CHECK(queue.size(2) == 4);
  CHECK(queue.leave(first).value().line == 2);
  CHECK(queue.pop(2).waiter == waiter(2));
  CHECK(queue.pop(2).waiter == waiter(3));
  CHECK(queue.pop(2).waiter == waiter(4));
  CHECK(queue.size() == 0);
}

TEST_CASE("a whole line that is moved into another merges with it by arrival", "[balancer]") {
  Random random(7);
  WaitQueue queue(3);
  for (std::uint32_t slot = 0; slot < 2000; ++slot)
    (void)queue.push(1 + random.below(2), waiter(slot), {});

  while (!queue.empty(1)) {
    queue.move_first(1, 2);
    // Others come meanwhile.
    if (random.below(4) == 0) (void)queue.push(2, waiter(2000), {});
  }

  std::uint32_t last = 0;
  while (!queue.empty(2)) {
    const std::uint32_t slot = queue.pop(2).waiter.slot;
    CHECK(slot >= last);
    last = slot;
  }
}
