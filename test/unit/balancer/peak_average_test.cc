#include "balancer/peak_average.h"

#include <catch2/catch.hpp>
#include <cmath>

using balancer::PeakAverage;
using balancer::Tick;

namespace {

constexpr double kDecay = 10'000;

}  // namespace

TEST_CASE("a time above the peak average takes its place at once", "[balancer]") {
  PeakAverage average;
  CHECK_FALSE(average.known());

  average.observe(500, 1000, kDecay);
  CHECK(average.known());
  CHECK(average.then() == 500);

  average.observe(80'000, 1000, kDecay);
  CHECK(average.then() == 80'000);
}

TEST_CASE("a time below the peak average counts by the age of what it replaces", "[balancer]") {
  PeakAverage average;
  average.observe(1000, 0, kDecay);

  average.observe(200, 0, kDecay);
  CHECK(average.then() == 1000);

  average.observe(200, 10'000, kDecay);
  CHECK(average.then() == Approx(200 + 800 * std::exp(-1)));

  average.observe(200, 1'000'000, kDecay);
  CHECK(average.then() == Approx(200));
}

TEST_CASE("however many times come, 63 percent of the way down takes the decay", "[balancer]") {
  const Tick step = GENERATE(1U, 10U, 1000U);
  PeakAverage average;
  average.observe(1000, 0, kDecay);

  for (Tick now = step; now <= 10'000; now += step) {
    average.observe(100, now, kDecay);
    average.observe(100, now, kDecay);
  }

  CHECK(average.then() == Approx(100 + 900 * std::exp(-1)));
}

TEST_CASE("without news a peak average fades to nothing and is not forgotten", "[balancer]") {
  PeakAverage average;
  average.observe(1000, 5000, kDecay);

  CHECK(average.at(5000, kDecay) == 1000);
  CHECK(average.at(15'000, kDecay) == Approx(1000 * std::exp(-1)));
  CHECK(average.at(100'000'000, kDecay) == 0);
  CHECK(average.then() == 1000);
}
