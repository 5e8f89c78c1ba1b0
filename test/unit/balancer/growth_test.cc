#include "balancer/growth.h"

#include <catch2/catch.hpp>
#include <vector>

using balancer::Growth;
using balancer::Load;

namespace {

using Loads = std::vector<Load>;

Load serving(balancer::Weight weight) { return {.weight = weight, .serves = true}; }
Load out(balancer::Weight weight) { return {.weight = weight, .serves = false}; }

}  // namespace

TEST_CASE("servers that were there from the start are no growth", "[balancer]") {
  Growth growth(100);

  CHECK_FALSE(growth.settled(Loads{serving(16)}, 1'000));
  CHECK_FALSE(growth.settled(Loads{serving(16)}, 9'000));
}

TEST_CASE("a server that serves again, is new or heavier is growth, told once", "[balancer]") {
  const auto [before, after] = GENERATE(table<Loads, Loads>({
      {{serving(16), out(16)}, {serving(16), serving(16)}},
      {{serving(16)}, {serving(16), serving(16)}},
      {{serving(16)}, {serving(32)}},
  }));
  Growth growth(100);

  CHECK_FALSE(growth.settled(before, 1'000));
  CHECK_FALSE(growth.settled(after, 2'000));
  CHECK_FALSE(growth.settled(after, 2'099));
  CHECK(growth.settled(after, 2'100));
  CHECK_FALSE(growth.settled(after, 3'000));
}

TEST_CASE("a server that leaves or gets lighter is none", "[balancer]") {
  const auto after = GENERATE(values<Loads>({{serving(16)}, {serving(16), serving(8)}}));
  Growth growth(100);

  CHECK_FALSE(growth.settled(Loads{serving(16), serving(16)}, 1'000));
  CHECK_FALSE(growth.settled(after, 2'000));
  CHECK_FALSE(growth.settled(after, 9'000));
}

TEST_CASE("each change, a step of slow start too, begins the calm anew", "[balancer]") {
  Growth growth(100);
  CHECK_FALSE(growth.settled(Loads{serving(16), out(16)}, 1'000));

  for (balancer::Weight weight = 1; weight <= 16; ++weight)
    CHECK_FALSE(growth.settled(Loads{serving(16), serving(weight)}, 2'000 + weight * 90));
  CHECK_FALSE(growth.settled(Loads{serving(16), serving(16)}, 2'000 + 16 * 90 + 99));
  CHECK(growth.settled(Loads{serving(16), serving(16)}, 2'000 + 16 * 90 + 100));
}

TEST_CASE("a server that came and went again is still worth a look at the others", "[balancer]") {
  Growth growth(100);

  CHECK_FALSE(growth.settled(Loads{serving(16), out(16)}, 1'000));
  CHECK_FALSE(growth.settled(Loads{serving(16), serving(16)}, 2'000));
  CHECK_FALSE(growth.settled(Loads{serving(16), out(16)}, 2'050));
  CHECK(growth.settled(Loads{serving(16), out(16)}, 2'150));
}
