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
  Timestamp timestamp(Timestamp::Form::kUtc);

  use_zone("CET-1CEST,M3.5.0,M10.5.0/3");

  CHECK(timestamp.text(kWhen) == "2026-11-22T20:45:26.046Z");
  use_zone("UTC");
}

TEST_CASE("a time is right after any other, in the same second or not", "[telemetry]") {
  Timestamp timestamp(Timestamp::Form::kUtc);

  CHECK(timestamp.text(kWhen) == "2026-11-22T20:45:26.046Z");
  CHECK(timestamp.text(kWhen + 953ms) == "2026-11-22T20:45:26.999Z");
  CHECK(timestamp.text(kWhen + 954ms) == "2026-11-22T20:45:27.000Z");
  CHECK(timestamp.text(kWhen) == "2026-11-22T20:45:26.046Z");
  CHECK(timestamp.text(std::chrono::system_clock::time_point{-1ms}) == "1969-12-31T23:59:59.999Z");
}
TEST_CASE("syslog's forms of a time are local, the new one with the zone and microseconds",
          "[telemetry]") {
  Timestamp old_form(Timestamp::Form::kSyslog);
  Timestamp new_form(Timestamp::Form::kOffset);

  use_zone("CET-1CEST,M3.5.0,M10.5.0/3");

  CHECK(old_form.text(kWhen) == "Nov 22 21:45:26");
  CHECK(old_form.text(kWhen - std::chrono::days{20}) == "Nov  2 21:45:26");
  CHECK(new_form.text(kWhen + 812us) == "2026-11-22T21:45:26.046812+01:00");
  CHECK(new_form.text(kWhen - std::chrono::days{120}) == "2026-07-25T22:45:26.046000+02:00");
  use_zone("NST3:30");
  CHECK(Timestamp(Timestamp::Form::kOffset).text(kWhen) == "2026-11-22T17:15:26.046000-03:30");
  use_zone("UTC");
}
