#include "lb/telemetry/frame.h"

#include <fmt/format.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <string>

using lb::telemetry::Frame;
using lb::telemetry::Level;
using Kind = conf::LogFrame;
using namespace std::chrono_literals;

namespace {

constexpr std::chrono::system_clock::time_point kWhen{1795380326046812us};

conf::LogTarget target_of(Kind frame) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  conf::LogTarget target;
  target.frame = frame;
  return target;
}

std::string framed(const conf::LogTarget& target, const std::string& line = "text",
                   Level level = Level::kInfo) {
  std::string out;
  Frame(target).append(level, kWhen, line, out);
  return out;
}

}  // namespace

TEST_CASE("each frame has HAProxy's form", "[telemetry]") {
  const int pid = ::getpid();
  const auto of = [](Kind frame) { return framed(target_of(frame)); };

  CHECK(of(Kind::kRaw) == "text\n");
  CHECK(of(Kind::kLocal) == fmt::format("<134>Nov 22 20:45:26 tidegate[{}]: text\n", pid));
  CHECK(of(Kind::kRfc3164) ==
        fmt::format("<134>Nov 22 20:45:26 localhost tidegate[{}]: text\n", pid));
  CHECK(of(Kind::kRfc5424) ==
        fmt::format("<134>1 2026-11-22T20:45:26.046812+00:00 - tidegate {} - - text\n", pid));
  CHECK(of(Kind::kPriority) == "<134>text\n");
  CHECK(of(Kind::kShort) == "<6>text\n");
  CHECK(of(Kind::kTimed) == "<6>2026-11-22T20:45:26.046812+00:00 text\n");
  CHECK(of(Kind::kIso) == "2026-11-22T20:45:26.046812+00:00 text\n");
}

TEST_CASE("a priority is eight times the facility and the level", "[telemetry]") {
  conf::LogTarget target = target_of(Kind::kPriority);

  target.facility = 3;
  CHECK(framed(target, "text", Level::kErr) == "<27>text\n");
  target.facility = 23;
  CHECK(framed(target, "text", Level::kDebug) == "<191>text\n");
  target.facility = 0;
  CHECK(framed(target, "text", Level::kEmerg) == "<0>text\n");
}

TEST_CASE("tag and host name stand where syslog looks for them", "[telemetry]") {
  conf::LogTarget target = target_of(Kind::kRfc5424);
  target.tag = "edge";
  target.hostname = "lb1";
  CHECK(framed(target).find(fmt::format(" lb1 edge {} - - text\n", ::getpid())) !=
        std::string::npos);

  target.frame = Kind::kRfc3164;
  CHECK(framed(target) == fmt::format("<134>Nov 22 20:45:26 lb1 edge[{}]: text\n", ::getpid()));

  target.hostname = "auto";
  std::array<char, 256> name{};
  REQUIRE(::gethostname(name.data(), name.size()) == 0);
  CHECK(framed(target).find(fmt::format(" {} edge[", name.data())) != std::string::npos);
}

TEST_CASE("a line is cut to the target's length, its newline not counted", "[telemetry]") {
  conf::LogTarget target = target_of(Kind::kPriority);
  target.length = 80;

  CHECK(framed(target, std::string(75, 'x')) == "<134>" + std::string(75, 'x') + "\n");
  CHECK(framed(target, std::string(76, 'x')) == "<134>" + std::string(75, 'x') + "\n");
}

TEST_CASE("a frame is appended to the lines before it", "[telemetry]") {
  conf::LogTarget target = target_of(Kind::kRaw);
  target.length = 80;
  std::string out = std::string(100, 'y') + "\n";

  Frame(target).append(Level::kInfo, kWhen, "text", out);

  CHECK(out == std::string(100, 'y') + "\ntext\n");
}
