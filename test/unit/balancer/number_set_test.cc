#include "balancer/number_set.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <set>

#include "test/unit/balancer/random.h"

using balancer::NumberSet;

TEST_CASE("an empty set of numbers has no least", "[balancer]") {
  NumberSet numbers;
  CHECK_FALSE(numbers.least().has_value());

  numbers.extend(5000);
  CHECK_FALSE(numbers.least().has_value());

  numbers.insert(4999);
  numbers.erase(4999);
  numbers.erase(4998);
  CHECK_FALSE(numbers.least().has_value());
}

TEST_CASE("a set of numbers keeps them when its bound grows by a level", "[balancer]") {
  const auto bound = GENERATE(1U, 64U, 65U, 4096U, 4097U, 262'144U, 262'145U);
  CAPTURE(bound);
  NumberSet numbers;
  numbers.extend(1);
  numbers.insert(0);

  numbers.extend(bound);
  CHECK(numbers.least() == 0U);

  numbers.insert(bound - 1);
  if (bound > 1) numbers.erase(0);
  CHECK(numbers.least() == bound - 1);
}

TEST_CASE("a set of numbers has the least that a sorted one has, whatever changes", "[balancer]") {
  const auto seed = GENERATE(range(1U, 21U));
  CAPTURE(seed);
  Random random(seed);
  NumberSet numbers;
  std::set<std::uint32_t> sorted;
  std::uint32_t bound = 1;
  numbers.extend(bound);

  for (int step = 0; step < 20'000; ++step) {
    const std::uint32_t number = random.below(bound);
    switch (random.below(seed % 2 == 0 ? 3 : 5)) {
      case 0:
        bound += random.below(2);
        numbers.extend(bound);
        break;
      case 1:
        numbers.insert(number);
        sorted.insert(number);
        break;
      default:
        const std::uint32_t gone = sorted.empty() ? number : *sorted.begin();
        numbers.erase(gone);
        sorted.erase(gone);
    }
    const auto expected = sorted.empty() ? std::nullopt : std::optional(*sorted.begin());
    if (numbers.least() != expected) FAIL("step " << step);
  }
}
