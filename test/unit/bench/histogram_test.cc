#include "bench/load/histogram.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

namespace bench {
namespace {

using std::chrono::hours;
using std::chrono::microseconds;

TEST_CASE("a percentile is at most 1/64 above the value that sorting gives", "[bench]") {
  std::mt19937_64 random(7);
  std::lognormal_distribution<double> latencies(11, 2);  // around 60 us, with a long tail
  Histogram histogram;
  std::vector<Duration> values(10'000);
  for (Duration& value : values) {
    value = Duration(static_cast<Duration::rep>(latencies(random)));
    histogram.record(value);
  }
  std::ranges::sort(values);

  for (const double share : {0.001, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::max(share * 10'000 - 1, 0.0));
    const Duration exact = values[rank];
    CHECK(histogram.percentile(share) >= exact);
    CHECK(histogram.percentile(share) <= exact + exact / 64);
  }
}

TEST_CASE("small values are kept exactly", "[bench]") {
  Histogram histogram;
  for (int i = 1; i <= 100; ++i) histogram.record(Duration(i));

  CHECK(histogram.percentile(0.5) == Duration(50));
  CHECK(histogram.percentile(0.99) == Duration(99));
  CHECK(histogram.percentile(0.991) == Duration(100));
}

TEST_CASE("one value is every percentile", "[bench]") {
  Histogram histogram;
  histogram.record(microseconds(123'457));

  CHECK(histogram.percentile(0.0) == microseconds(123'457));
  CHECK(histogram.percentile(0.999) == microseconds(123'457));
  CHECK(histogram.percentile(1.0) == microseconds(123'457));
}

TEST_CASE("a histogram without values answers zero", "[bench]") {
  Histogram histogram;
  CHECK(histogram.percentile(0.5) == Duration(0));
}

TEST_CASE("what lies outside an hour is counted at its edge", "[bench]") {
  Histogram histogram;
  histogram.record(Duration(-5));
  histogram.record(hours(7));

  CHECK(histogram.percentile(0.5) == Duration(0));
  CHECK(histogram.percentile(1.0) == hours(1));
}

}  // namespace
}  // namespace bench
