#include "lb/check/server_line.h"

#include <catch2/catch.hpp>
#include <chrono>

#include "supervisor_rig.h"

using conf::CheckStatus;
using lb::check::append_reason;
using lb::check::consequence_of;
using namespace std::chrono_literals;

TEST_CASE("a reason is told with what is known of it", "[lb]") {
  CHECK(append_reason({{.status = CheckStatus::kL4Ok}, 0ms}) ==
        ", reason: Layer4 check passed, check duration: 0ms");
  CHECK(append_reason({{.status = CheckStatus::kL7Wrong, .code = 503, .info = "Not now"}, 3ms}) ==
        R"(, reason: Layer7 wrong status, code: 503, info: "Not now", check duration: 3ms)");
  CHECK(append_reason({{.status = CheckStatus::kAnalyzed, .info = "Detected 3"}}) ==
        R"(, reason: Health analyze, info: "Detected 3")");
}

TEST_CASE("who is left is told of a server that went, who is there of one that came", "[lb]") {
  CHECK(consequence_of({.active = 1, .sessions = 3, .requeued = 2, .queued = 4}, false) ==
        ". 1 active and 0 backup servers left. 3 sessions active, 2 requeued, 4 remaining in "
        "queue.");
  CHECK(consequence_of({.active = 0, .backup = 2}, false) ==
        ". 0 active and 2 backup servers left. Running on backup. 0 sessions active, 0 requeued, "
        "0 remaining in queue.");
  CHECK(consequence_of({.active = 2, .requeued = 1}, true) ==
        ". 2 active and 0 backup servers online. 1 sessions requeued, 0 total in queue.");
}

TEST_CASE("each result is told with the lives that are left", "[lb]") {
  SupervisorRig rig;

  CHECK(check_line(rig.judgement(0, CheckStatus::kL4Connection, true, 2, 3)) ==
        "Health check for server app/s1 failed, reason: Layer4 connection problem, check duration: "
        "7ms, status: 2/3 UP.");
  CHECK(check_line(rig.judgement(3, CheckStatus::kL7Conditional, true, 3, 3)) ==
        "Health check for backup server app/b1 conditionally succeeded, reason: Layer7 check "
        "conditionally passed, code: 0, check duration: 7ms, status: 3/3 UP.");
  CHECK(check_line(rig.judgement(0, CheckStatus::kL4Ok, false, 1, 2)) ==
        "Health check for server app/s1 succeeded, reason: Layer4 check passed, check duration: "
        "7ms, status: 1/2 DOWN.");
}

TEST_CASE("who is well and has no weight is told as draining", "[lb]") {
  SupervisorRig rig([](conf::Backend& config) { config.servers[0].weight = 0; });

  CHECK(check_line(rig.judgement(0, CheckStatus::kL4Ok, true, 3, 3)).ends_with(" 3/3 DRAIN."));
  CHECK(check_line(rig.judgement(0, CheckStatus::kL4Ok, false, 1, 2)).ends_with(" 1/2 DOWN."));
}
