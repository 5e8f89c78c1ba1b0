#include "lb/telemetry/timestamp.h"

#include <stdlib.h>
#include <time.h>

#include <catch2/catch.hpp>
#include <chrono>

using lb::telemetry::Timestamp;
using namespace std::chrono_literals;

namespace {

// 2026-11-22 20:45:26.046 UTC
constexpr std::chrono::system_clock::time_point kWhen{1795380326046ms};

void use_zone(const char* zone) {
  ::setenv("TZ", zone, 1);
  ::tzset();
}

}  // namespace

TEST_CASE("HAProxy's form of a time is local", "[telemetry]") {
  Timestamp timestamp(Timestamp::Form::kHaproxy);

  use_zone("CET-1CEST,M3.5.0,M10.5.0/3");

  CHECK(timestamp.text(kWhen) == "22/Nov/2026:21:45:26.046");
  CHECK(timestamp.text(kWhen - std::chrono::days{120}) == "25/Jul/2026:22:45:26.046");
  use_zone("UTC");
}

TEST_CASE("the ISO form of a time is UTC in every zone", "[telemetry]") {
  Timestamp timestamp(Timestamp::Form::kIso);

  use_zone("CET-1CEST,M3.5.0,M10.5.0/3");

  CHECK(timestamp.text(kWhen) == "2026-11-22T20:45:26.046Z");
  use_zone("UTC");
}

TEST_CASE("a time is right after any other, in the same second or not", "[telemetry]") {
  Timestamp timestamp(Timestamp::Form::kIso);

  CHECK(timestamp.text(kWhen) == "2026-11-22T20:45:26.046Z");
  CHECK(timestamp.text(kWhen + 953ms) == "2026-11-22T20:45:26.999Z");
  CHECK(timestamp.text(kWhen + 954ms) == "2026-11-22T20:45:27.000Z");
  CHECK(timestamp.text(kWhen) == "2026-11-22T20:45:26.046Z");
  CHECK(timestamp.text(std::chrono::system_clock::time_point{-1ms}) == "1969-12-31T23:59:59.999Z");
}
