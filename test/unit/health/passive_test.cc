#include <catch2/catch.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "health/ejection.h"
#include "health/slowness.h"

using health::Ejection;
using health::Slowness;
using namespace std::chrono_literals;

TEST_CASE("a server that fails again soon is out twice as long, up to the limit", "[health]") {
  const conf::Ejection rules{.time = 10s, .longest = 35s};
  Ejection ejection(rules);

  CHECK(ejection.eject(0) == 10s);
  CHECK(ejection.eject(10'000) == 20s);  // in its trial
  ejection.trust(30'000);
  CHECK(ejection.eject(49'999) == 35s);
  ejection.trust(85'000);
  CHECK(ejection.eject(119'999) == 35s);
}

TEST_CASE("a trial for which no session has come in a long time is still a trial", "[health]") {
  const conf::Ejection rules{.time = 10s, .longest = 5min};
  Ejection ejection(rules);

  CHECK(ejection.eject(0) == 10s);
  CHECK(ejection.eject(1'000'000) == 20s);
}

TEST_CASE("a server that has done well for as long as it was out begins anew", "[health]") {
  const conf::Ejection rules{.time = 10s, .longest = 5min};
  Ejection ejection(rules);

  CHECK(ejection.eject(0) == 10s);
  CHECK(ejection.eject(10'000) == 20s);
  ejection.trust(30'000);
  CHECK(ejection.eject(50'000) == 10s);
}

TEST_CASE("of few servers one may be ejected, but never the last", "[health]") {
  CHECK(Ejection::most_of(1, 100) == 0);
  CHECK(Ejection::most_of(2, 30) == 1);
  CHECK(Ejection::most_of(10, 30) == 3);
  CHECK(Ejection::most_of(10, 39) == 3);
  CHECK(Ejection::most_of(10, 100) == 9);
  CHECK(Ejection::most_of(10, 0) == 0);
}

TEST_CASE("a slow server loses its weight in steps and has it back when it was quick for a while",
          "[health]") {
  Slowness slowness(100ms);

  std::vector<std::uint32_t> percents;
  for (const auto connecting :
       {90ms, 101ms, 101ms, 101ms, 101ms, 90ms, 90ms, 90ms, 90ms, 70ms, 70ms, 70ms, 90ms})
    if (const auto percent = slowness.judge(connecting)) percents.push_back(*percent);

  CHECK(percents == std::vector<std::uint32_t>{50, 25, 10, 100});
}

TEST_CASE("without a connect nothing is judged", "[health]") {
  Slowness slowness(100ms);

  REQUIRE(slowness.judge(200ms) == 50);
  for (int i = 0; i < 10; ++i) CHECK_FALSE(slowness.judge(std::nullopt));
  CHECK(slowness.percent() == 50);
}
