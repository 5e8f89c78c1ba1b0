#include "lb/telemetry/log_rules.h"

#include <catch2/catch.hpp>
#include <string>

using lb::telemetry::Cause;
using lb::telemetry::has_error;
using lb::telemetry::judge;
using lb::telemetry::Moment;
using lb::telemetry::SessionRecord;
using lb::telemetry::Stage;
using Level = conf::LogLevel;
using namespace std::chrono_literals;

namespace {

SessionRecord ordinary(Moment moment = Moment::kEnd) {
  SessionRecord record;
  record.moment = moment;
  record.connect_time = 1ms;
  record.client_spoke = true;
  return record;
}

SessionRecord refused() {
  SessionRecord record = ordinary();
  record.connect_time = -1ms;
  record.reason = {.cause = Cause::kServerAbort, .stage = Stage::kConnect};
  return record;
}

// The moments at which a session that got its server is written: start, progress, end.
std::string moments(const conf::SessionLog& asked) {
  std::string marks;
  for (const Moment moment : {Moment::kStart, Moment::kProgress, Moment::kEnd})
    marks += judge(asked, ordinary(moment)) ? 'x' : '.';
  return marks;
}

}  // namespace

TEST_CASE("a session is written at the moments that were asked for, the end alone by default",
          "[telemetry]") {
  CHECK(moments({}) == "..x");
  CHECK(moments({.start = true}) == "x.x");
  CHECK(moments({.start = true, .end = false}) == "x..");
  CHECK(moments({.end = false, .every = 1h}) == ".x.");
  CHECK(moments({.start = true, .every = 1h}) == "xxx");
}

TEST_CASE("asap writes the line at the start in place of the end", "[telemetry]") {
  CHECK(moments({.asap = true}) == "x..");
  CHECK(judge({.asap = true}, refused()));
}

TEST_CASE("a line that is not the end's has a plus, and with asap every line", "[telemetry]") {
  const conf::SessionLog all{.start = true, .every = 1h};

  CHECK(judge(all, ordinary(Moment::kStart))->partial);
  CHECK(judge(all, ordinary(Moment::kProgress))->partial);
  CHECK(!judge(all, ordinary(Moment::kEnd))->partial);
  CHECK(judge({.asap = true}, refused())->partial);
}

TEST_CASE("dontlognull leaves silent clients out, unless their start was told", "[telemetry]") {
  const conf::SessionLog asked{.dontlognull = true, .every = 1h};
  const conf::SessionLog from_start{.dontlognull = true, .start = true, .every = 1h};
  const conf::SessionLog asap{.dontlognull = true, .asap = true};
  const auto silent = [](Moment moment) {
    SessionRecord record = ordinary(moment);
    record.client_spoke = false;
    return record;
  };

  SessionRecord without_server = silent(Moment::kEnd);
  without_server.connect_time = -1ms;

  CHECK(!judge(asked, silent(Moment::kProgress)));
  CHECK(!judge(asked, silent(Moment::kEnd)));
  CHECK(judge(from_start, silent(Moment::kStart)));
  CHECK(judge(from_start, silent(Moment::kProgress)));
  CHECK(judge(from_start, silent(Moment::kEnd)));
  CHECK(!judge(from_start, without_server));
  CHECK(judge(asap, silent(Moment::kStart)));
  CHECK(!judge(asap, silent(Moment::kEnd)));
  CHECK(judge(asked, ordinary()));
  CHECK(judge({}, silent(Moment::kEnd)));
}

TEST_CASE("an error is an end out of order, a retry or another server", "[telemetry]") {
  CHECK(!has_error(ordinary()));
  CHECK(has_error(refused()));
  SessionRecord record = ordinary();
  record.retries = 1;
  CHECK(has_error(record));
  record = ordinary();
  record.redispatched = true;
  CHECK(has_error(record));
}

TEST_CASE("sessions with an error are of level err only where that was asked for", "[telemetry]") {
  CHECK(judge({.separate_errors = true}, refused())->level == Level::kErr);
  CHECK(judge({.separate_errors = true}, ordinary())->level == Level::kInfo);
  CHECK(judge({}, refused())->level == Level::kInfo);
}
