#include "lb/cli/units.h"

#include <catch2/catch.hpp>
#include <chrono>

using lb::cli::duration_text;
using lb::cli::short_text;
using std::chrono::milliseconds;

TEST_CASE("a duration is told in its two largest units", "[cli]") {
  CHECK(duration_text(milliseconds(0)) == "0ms");
  CHECK(duration_text(milliseconds(999)) == "999ms");
  CHECK(duration_text(milliseconds(59'999)) == "59s");
  CHECK(duration_text(milliseconds(60'000)) == "1m");
  CHECK(duration_text(milliseconds(125'000)) == "2m 5s");
  CHECK(duration_text(milliseconds(3'600'000 * 3 + 59'000)) == "3h");
  CHECK(duration_text(milliseconds(std::chrono::hours(50))) == "2d 2h");
}

TEST_CASE("an amount is told in three digits", "[cli]") {
  CHECK(short_text(0) == "0");
  CHECK(short_text(999) == "999");
  CHECK(short_text(1'000) == "1.00k");
  CHECK(short_text(12'345) == "12.3k");
  CHECK(short_text(999'499) == "999k");
  CHECK(short_text(999'999) == "1.00M");
  CHECK(short_text(45'600'000'000) == "45.6G");
}
