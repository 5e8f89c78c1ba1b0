#include "health/agent.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "health/judge.h"

using conf::CheckStatus;
using health::AgentReport;
using health::read_agent;
using health::Verdict;
using std::string_view_literals::operator""sv;

namespace {

constexpr auto kUp = AgentReport::Health::kUp;
constexpr auto kDown = AgentReport::Health::kDown;
constexpr auto kReady = AgentReport::Admin::kReady;
constexpr auto kDrain = AgentReport::Admin::kDrain;
constexpr auto kMaint = AgentReport::Admin::kMaint;

struct Line {
  std::string_view text;  // without its end
  AgentReport report;
};

Verdict well(std::string info) { return {CheckStatus::kL7Ok, 0, std::move(info)}; }
Verdict wrong(std::string info) { return {CheckStatus::kL7Wrong, 0, std::move(info)}; }
Verdict checked(std::string info = "") { return {CheckStatus::kChecked, 0, std::move(info)}; }

void check_each(const std::vector<Line>& lines) {
  for (const Line& line : lines) {
    INFO(line.text);
    const auto report = read_agent(std::string(line.text) + "\n", false);
    REQUIRE(report);
    CHECK(report->percent == line.report.percent);
    CHECK(report->weight == line.report.weight);
    CHECK(report->maxconn == line.report.maxconn);
    CHECK(report->admin == line.report.admin);
    CHECK(report->health == line.report.health);
    CHECK(conf::words_of(report->verdict.status).code ==
          conf::words_of(line.report.verdict.status).code);
    CHECK(report->verdict.info == line.report.verdict.info);
  }
}

}  // namespace

// The verdicts are those that HAProxy 2.6 has in agent_status and last_agt for a scripted agent.

TEST_CASE("an agent's health word decides, and its description is told", "[health]") {
  check_each({
      {"up", {.health = kUp, .verdict = well("via agent : up")}},
      {"UP", {.health = kUp, .verdict = well("via agent : UP")}},
      {"   up,,", {.health = kUp, .verdict = well("via agent : up")}},
      {"up #fine", {.health = kUp, .verdict = well("via agent : up (fine)")}},
      {"down", {.health = kDown, .verdict = wrong("via agent : down")}},
      {"Fail", {.health = kDown, .verdict = wrong("via agent : Fail")}},
      {"stopped #gone", {.health = kDown, .verdict = wrong("via agent : stopped (gone)")}},
      {"down #too hot", {.health = kDown, .verdict = wrong("via agent : down (too hot)")}},
      {"down # \t x ", {.health = kDown, .verdict = wrong("via agent : down (x )")}},
      {"down ##x", {.health = kDown, .verdict = wrong("via agent : down (#x)")}},
      {"down #,x", {.health = kDown, .verdict = wrong("via agent : down (,x)")}},
      {"up down", {.health = kDown, .verdict = wrong("via agent : down")}},
      {"down up", {.health = kUp, .verdict = well("via agent : up")}},
      {"#x down", {.verdict = checked()}},
      {"down #a\"b\x01\xff"sv
       "c,d",
       {.health = kDown, .verdict = wrong("via agent : down (a\"b<01><FF>c,d)")}},
  });
}

TEST_CASE("an agent's other words leave the health as it is", "[health]") {
  check_each({
      {"", {.verdict = checked()}},
      {"  ", {.verdict = checked()}},
      {"#hello", {.verdict = checked()}},
      {"ready", {.admin = kReady, .verdict = checked()}},
      {"drain #x", {.admin = kDrain, .verdict = checked()}},
      {"maint", {.admin = kMaint, .verdict = checked()}},
      {"drain ready", {.admin = kReady, .verdict = checked()}},
      {"ready maint", {.admin = kMaint, .verdict = checked()}},
      {"75%", {.percent = 75, .verdict = checked()}},
      {"0%", {.percent = 0, .verdict = checked()}},
      {"007%", {.percent = 7, .verdict = checked()}},
      {"10% 20%", {.percent = 20, .verdict = checked()}},
      {"150%", {.percent = 150, .verdict = checked()}},
      {"99999999999%", {.percent = health::kMostPercent, .verdict = checked()}},
      {"maxconn:30", {.maxconn = 30, .verdict = checked()}},
      {"MAXCONN:0", {.maxconn = 0, .verdict = checked()}},
  });
}

TEST_CASE("an agent may say something of every kind in one line", "[health]") {
  check_each({
      {"ready up 50% maxconn:9 #all good",
       {.percent = 50,
        .maxconn = 9,
        .admin = kReady,
        .health = kUp,
        .verdict = well("via agent : up (all good)")}},
      {"up,75%\tready",
       {.percent = 75, .admin = kReady, .health = kUp, .verdict = well("via agent : up")}},
      {"drain, fail #x",
       {.admin = kDrain, .health = kDown, .verdict = wrong("via agent : fail (x)")}},
  });
}

TEST_CASE("what an agent says amiss is told of, and the rest of its line counts", "[health]") {
  const std::string number = "maxconn string empty or preceded by garbage";
  check_each({
      {"bogus1 bogus2", {.verdict = checked("agent reports an error : bogus1")}},
      {"bogus #x", {.verdict = checked("agent reports an error : bogus")}},
      {"down#oops", {.verdict = checked("agent reports an error : down#oops")}},
      {"5%,ready;up", {.percent = 5, .verdict = checked("agent reports an error : ready;up")}},
      {"12", {.verdict = checked("agent reports an error : 12")}},
      {"%", {.verdict = checked("agent reports an error : %")}},
      {"-5%", {.verdict = checked("agent reports an error : -5%")}},
      {"\x01\xff", {.verdict = checked("agent reports an error : <01><FF>")}},
      {"bogus up", {.health = kUp, .verdict = well("via agent : up (bogus)")}},
      {"up bogus #fine", {.health = kUp, .verdict = well("via agent : up (bogus)")}},
      {"down too hot", {.health = kDown, .verdict = wrong("via agent : down (too)")}},
      {"down junk #x", {.health = kDown, .verdict = wrong("via agent : down (x)")}},
      {"50.5%", {.verdict = checked("agent warns : Trailing garbage in weight string")}},
      {"50%%", {.verdict = checked("agent warns : Trailing garbage in weight string")}},
      {"5%up", {.verdict = checked("agent warns : Trailing garbage in weight string")}},
      {"maxconn:abc", {.verdict = checked("agent warns : " + number)}},
      {"maxconn:3x", {.verdict = checked("agent warns : Trailing garbage in maxconn string")}},
      {"maxconn:", {.verdict = checked("agent warns : Require <maxconn>.")}},
      {"maxconn:5 maxconn:", {.verdict = checked("agent warns : Require <maxconn>.")}},
      {"maxconn: 30", {.verdict = checked("agent reports an error : 30")}},
      {"drain maxconn:x 50.%",
       {.admin = kDrain, .verdict = checked("agent warns : Trailing garbage in weight string")}},
      {"up maxconn:x #fine", {.health = kUp, .verdict = well("via agent : up (" + number + ")")}},
      {"down maxconn:x #why", {.health = kDown, .verdict = wrong("via agent : down (why)")}},
      {"down maxconn:x", {.health = kDown, .verdict = wrong("via agent : down (" + number + ")")}},
  });
}

// HAProxy 2.6 takes -3 for 4294967293 and 999999999999 for 3567587327.
TEST_CASE("a maxconn that is no number of sessions is refused or bounded", "[health]") {
  check_each({
      {"maxconn:-3",
       {.verdict = checked("agent warns : maxconn string empty or preceded by garbage")}},
      {"maxconn:999999999999", {.maxconn = 4'294'967'295, .verdict = checked()}},
  });
}

// Newer than HAProxy 2.6, for which it is an unknown word.
TEST_CASE("an agent may set an absolute weight, up to 256", "[health]") {
  check_each({
      {"weight:20", {.weight = 20, .verdict = checked()}},
      {"50% Weight:256 up", {.weight = 256, .health = kUp, .verdict = well("via agent : up")}},
      {"weight:20 50%", {.percent = 50, .verdict = checked()}},
      {"weight:257",
       {.verdict =
            checked("agent warns : Absolute weight can only be between 0 and 256 inclusive")}},
      {"weight:", {.verdict = checked("agent warns : Require <weight> or <weight%>.")}},
      {"weight:x",
       {.verdict = checked("agent warns : weight string empty or preceded by garbage")}},
      {"weight:20%", {.verdict = checked("agent warns : Trailing garbage in weight string")}},
  });
}

TEST_CASE("an agent's line ends with its first LF or CR", "[health]") {
  for (const std::string end : {"\n", "\r", "\r\n", "\ndown\n", "\rdown\n"}) {
    const std::string line = "drain up 40%" + end;
    for (std::size_t size = 0; size <= 12; ++size)
      CHECK_FALSE(read_agent(std::string_view(line).substr(0, size), false));
    const auto report = read_agent(line, false);
    REQUIRE(report);
    CHECK(report->health == kUp);
    CHECK(report->admin == kDrain);
    CHECK(report->percent == 40u);
  }
}

TEST_CASE("half an agent's line is not obeyed", "[health]") {
  const Verdict half{CheckStatus::kL7Timeout, 0, "Ignoring incomplete line from agent"};
  const std::string endless(health::kMostInput, 'x');
  for (const std::string_view text :
       {"down"sv, "maxconn:10"sv, "down #why"sv, "up\0down\n"sv, std::string_view(endless)}) {
    const auto report = read_agent(text, true);
    REQUIRE(report);
    CHECK(report->verdict == half);
    CHECK_FALSE((report->health || report->admin || report->percent || report->maxconn));
  }
  CHECK(read_agent(endless, false));
}

TEST_CASE("an agent that says nothing has given no valid answer", "[health]") {
  const auto report = read_agent("", true);

  REQUIRE(report);
  CHECK(report->verdict ==
        Verdict{CheckStatus::kL7Invalid, 0, "TCPCHK got an empty response at step 2"});
}

TEST_CASE("what an agent tells is cut at HAProxy's 127 characters", "[health]") {
  const auto report = read_agent("down #" + std::string(300, 'x') + "\n", false);

  REQUIRE(report);
  CHECK(report->verdict.info == "via agent : down (" + std::string(109, 'x'));
}

TEST_CASE("a weight that the algorithm cannot give is not obeyed, and told", "[health]") {
  const std::string why =
      "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.";
  for (const std::string_view text : {"75%\n"sv, "200%\n"sv, "weight:39\n"sv}) {
    const auto report = read_agent(text, false, 40);
    REQUIRE(report);
    CHECK(report->verdict.info == "agent warns : " + why);
    CHECK_FALSE((report->percent || report->weight));
  }
  CHECK(read_agent("up 75%\n", false, 40)->verdict.info == "via agent : up (" + why + ")");
  CHECK(read_agent("0%\n", false, 40)->percent == 0U);
  CHECK(read_agent("100%\n", false, 40)->percent == 100U);
  CHECK(read_agent("weight:0\n", false, 40)->weight == 0U);
  CHECK(read_agent("weight:40\n", false, 40)->weight == 40U);
}
