#include <array>
#include <catch2/catch.hpp>
#include <cstdint>

#include "balancer/rate_limit.h"
#include "balancer/source_rates.h"

using balancer::RateLimit;
using balancer::SourceRates;
using balancer::Tick;

namespace {

std::array<std::uint8_t, 4> address(std::uint32_t number) {
  return {10, static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
          static_cast<std::uint8_t>(number)};
}

}  // namespace

TEST_CASE("a rate is kept over seconds, with a tenth of a second's worth at once", "[balancer]") {
  RateLimit limit(1000);
  int at_once = 0;
  while (limit.take(10'000) == 0) ++at_once;
  CHECK(at_once == 101);

  int taken = 0;
  for (Tick now = 10'001; now <= 12'000; ++now) {
    while (limit.take(now) == 0) ++taken;
  }
  CHECK(taken == 2000);
}

TEST_CASE("a rate that is reached tells when to come again", "[balancer]") {
  RateLimit limit(2);
  CHECK(limit.take(1000) == 0);
  const Tick wait = limit.take(1000);

  CHECK(wait == 400);
  CHECK(limit.take(1000 + wait - 1) != 0);
  CHECK(limit.take(1000 + wait) == 0);
}

TEST_CASE("what was taken in vain is given back", "[balancer]") {
  RateLimit limit(2);
  CHECK(limit.take(1000) == 0);
  limit.give_back();

  CHECK(limit.take(1000) == 0);
}

TEST_CASE("a rate that is set while it is reached holds from then on, and 0 lifts it",
          "[balancer]") {
  RateLimit limit(1);
  CHECK(limit.take(1000) == 0);
  CHECK(limit.reached(1000));

  limit.set(100);
  CHECK_FALSE(limit.reached(1000));
  int at_once = 0;
  while (limit.take(1000) == 0) ++at_once;
  CHECK(at_once == 11);

  limit.set(0);
  CHECK(limit.rate() == 0);
  CHECK(limit.take(1000) == 0);
}

TEST_CASE("each source has its own rate, a second's worth at once", "[balancer]") {
  SourceRates rates(10);
  int first = 0;
  while (rates.take(address(1), 5000)) ++first;
  CHECK(first == 10);
  CHECK(rates.take(address(2), 5000));
  CHECK_FALSE(rates.take(address(1), 5050));
  CHECK(rates.take(address(1), 5100));
  CHECK(rates.take({}, 5100));
}

TEST_CASE("sources that have been quiet take no memory for ever", "[balancer]") {
  SourceRates rates(1);
  for (std::uint32_t i = 0; i < 100'000; ++i) CHECK(rates.take(address(i), i));

  CHECK(rates.size() < 20'000);
}
