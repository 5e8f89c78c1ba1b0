#include "lb/cli/drain_report.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using lb::cli::Drain;
using lb::cli::exit_status;
using lb::cli::latest_of;
using lb::cli::over;
using lb::cli::picture;
using lb::cli::read_drains;
using lb::cli::sentence;
using Drains = std::vector<Drain>;

namespace {

Drain drain(std::string server, std::string state, std::string started = "") {
  return {.server = std::move(server), .state = std::move(state), .started = std::move(started)};
}

}  // namespace

TEST_CASE("a drain is read with all that is told of it", "[cli]") {
  const auto drains = read_drains(R"({"drains":[{"server":"app/s1","mode":"deadline",
    "state":"draining","started":"2026-11-29T14:00:00.123Z","age_ms":1234,"deadline_ms":120000,
    "quiet_ms":250,"pace":null,"sessions_at_start":100,"sessions":40,
    "closed":{"quiet":10,"answered":20,"still":3,"forced":1},"ended":29,"moved":2,"raced":1,
    "raced_bytes":512,"oldest_ms":86400000,"youngest_ms":120,"estimate_ms":60000,
    "curve":[[0,100],[1000,90]]}]})");

  REQUIRE(drains);
  const Drain& read = drains->at(0);
  CHECK(read.server == "app/s1");
  CHECK(read.at_start == 100);
  CHECK(read.sessions == 40);
  CHECK(read.answered == 20);
  CHECK(read.forced == 1);
  CHECK(read.estimate == 60'000);
  CHECK(read.curve_sessions == std::vector<std::int64_t>{100, 90});
  CHECK(sentence(read) ==
        "app/s1: 40 of 100 sessions left, 1m to go; 29 ended by themselves, 10 closed quiet, "
        "20 after an answer, 3 still, 1 CUT, 2 moved, 1 raced");
}

TEST_CASE("a drain of which little is told is read as well", "[cli]") {
  const auto drains = read_drains(
      R"({"drains":[{"server":"app/s1","estimate_ms":null,"curve":[[1],"x",[2,"y"]]}]})");

  REQUIRE(drains);
  CHECK(drains->at(0).estimate == std::nullopt);
  CHECK(drains->at(0).curve_times.empty());
}

TEST_CASE("of a server's drains the latest counts", "[cli]") {
  const Drains drains = {drain("app/s1", "aborted", "2026-11-29T14:00:00.000Z"),
                         drain("app/s1", "draining", "2026-11-29T14:05:00.000Z"),
                         drain("app/s2", "drained", "2026-11-29T14:00:00.000Z")};
  const std::vector<std::string> servers = {"app/s1", "app/s3"};

  const Drains latest = latest_of(servers, drains);

  REQUIRE(latest.size() == 1);
  CHECK(latest[0].state == "draining");
}

TEST_CASE("drains are over when none goes on", "[cli]") {
  CHECK(over(Drains{drain("a/1", "drained"), drain("a/2", "aborted")}));
  CHECK_FALSE(over(Drains{drain("a/1", "drained"), drain("a/2", "draining")}));
}

TEST_CASE("the exit status tells the worst that has happened", "[cli]") {
  Drain cut = drain("a/1", "drained");
  cut.forced = 1;

  CHECK(exit_status(Drains{drain("a/1", "drained")}) == 0);
  CHECK(exit_status(Drains{drain("a/2", "drained"), cut}) == 3);
  CHECK(exit_status(Drains{cut, drain("a/2", "aborted")}) == 4);
}

TEST_CASE("the picture has two lines a server, their bars below each other", "[cli]") {
  Drain first = drain("app/s1", "draining");
  first.at_start = 100;
  first.sessions = 50;
  first.curve_times = {0, 1'000};
  first.curve_sessions = {100, 50};
  Drain second = drain("app/server2", "drained");
  second.at_start = 4;

  CHECK(picture(Drains{first, second}, 54) ==
        "app/s1      █████░░░░░ 50 of 100 left, no end in sight yet\n"
        "            █████████▅ 0 ended by themselves\n"
        "app/server2 ██████████ 0 of 4 left, drained\n"
        "                       0 ended by themselves\n");
}
