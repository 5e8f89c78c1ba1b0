#include "lb/cli/chart.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

using lb::cli::bar;
using lb::cli::curve;
using lb::cli::sparkline;
using Values = std::vector<std::int64_t>;

TEST_CASE("a sparkline reaches from the lowest to the highest column", "[cli]") {
  CHECK(sparkline(Values{0, 50, 100}, 10) == "▁▅█");
}

TEST_CASE("a sparkline of nothing but zeros lies at the bottom", "[cli]") {
  CHECK(sparkline(Values{0, 0}, 10) == "▁▁");
}

TEST_CASE("a sparkline shows the last values", "[cli]") {
  CHECK(sparkline(Values{100, 0, 7}, 2) == "▁█");
  CHECK(sparkline(Values{}, 2).empty());
}

TEST_CASE("a bar is full exactly when all is done", "[cli]") {
  CHECK(bar(0, 100, 4) == "░░░░");
  CHECK(bar(50, 100, 4) == "██░░");
  CHECK(bar(99, 100, 4) == "███░");
  CHECK(bar(100, 100, 4) == "████");
  CHECK(bar(0, 0, 2) == "██");
}

TEST_CASE("a bar stays within its width whatever the numbers are", "[cli]") {
  CHECK(bar(-5, 10, 2) == "░░");
  CHECK(bar(15, 10, 2) == "██");
}

TEST_CASE("a curve is drawn evenly over time, however its points lie", "[cli]") {
  CHECK(curve(Values{0, 900, 1'000}, Values{100, 50, 0}, 5) == "████▁");
  CHECK(curve(Values{}, Values{}, 5).empty());
  CHECK(curve(Values{7}, Values{3}, 3) == "███");
}
