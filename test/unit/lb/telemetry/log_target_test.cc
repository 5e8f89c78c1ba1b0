#include "lb/telemetry/log_target.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "lb/net/opener.h"
#include "test/unit/lb/telemetry/scratch.h"

using lb::telemetry::Level;
using lb::telemetry::LogOpener;
using lb::telemetry::LogTarget;
using scratch::Folder;
using namespace std::chrono_literals;

namespace {

const LogOpener kOpener = [](const std::string& path) { return lb::net::Opener().open_log(path); };

// What a target of these settings keeps of one line of each level, worst first.
std::string kept(conf::LogTarget settings) {
  const Folder folder;
  settings.kind = conf::LogTarget::Kind::kFile;
  settings.path = folder.file("log");
  settings.frame = conf::LogFrame::kShort;
  LogTarget target(settings, kOpener);
  for (int level = 0; level < 8; ++level)
    target.take(static_cast<Level>(level), {}, lb::telemetry::name_of(static_cast<Level>(level)));
  target.write(std::chrono::steady_clock::time_point{1h});
  std::string lines = scratch::read(settings.path);
  std::ranges::replace(lines, '\n', ' ');
  return lines;
}

}  // namespace

TEST_CASE("a target takes lines of its level and worse", "[telemetry]") {
  conf::LogTarget settings;
  CHECK(kept(settings) ==
        "<0>emerg <1>alert <2>crit <3>err <4>warning <5>notice <6>info <7>debug ");
  settings.level = Level::kErr;
  CHECK(kept(settings) == "<0>emerg <1>alert <2>crit <3>err ");
}

TEST_CASE("what is worse than min_level is written as min_level", "[telemetry]") {
  conf::LogTarget settings;
  settings.level = Level::kInfo;
  settings.min_level = Level::kWarning;

  CHECK(kept(settings) == "<4>emerg <4>alert <4>crit <4>err <4>warning <5>notice <6>info ");
}

TEST_CASE("a sample counts only the lines that the level lets through", "[telemetry]") {
  conf::LogTarget settings;
  settings.level = Level::kErr;
  settings.sample = {.ranges = {{2, 2}}, .of = 2};

  CHECK(kept(settings) == "<1>alert <3>err ");
}

TEST_CASE("a sample leaves out sessions, never an event", "[telemetry]") {
  const Folder folder;
  conf::LogTarget settings;
  settings.kind = conf::LogTarget::Kind::kFile;
  settings.path = folder.file("log");
  settings.frame = conf::LogFrame::kShort;
  settings.level = Level::kInfo;
  settings.sample = {.ranges = {{2, 2}}, .of = 2};
  LogTarget target(settings, kOpener);

  for (const std::string name : {"one", "two", "three"}) {
    target.take(Level::kInfo, {}, name);
    target.take(lb::telemetry::note_of(Level::kNotice, "event"));
    target.take(lb::telemetry::note_of(Level::kDebug, "too little"));
  }
  target.write(std::chrono::steady_clock::time_point{1h});

  CHECK(scratch::read(settings.path) == "<5>event\n<6>two\n<5>event\n<5>event\n");
}

TEST_CASE("that lines are missing is told in the target's own frame, whatever its level",
          "[telemetry]") {
  const Folder folder;
  conf::LogTarget settings;
  settings.kind = conf::LogTarget::Kind::kFile;
  settings.path = folder.file("later/log");
  settings.frame = conf::LogFrame::kPriority;
  settings.format = conf::LogFormat::kJson;
  settings.level = Level::kErr;
  LogTarget target(settings, kOpener);
  target.take(Level::kErr, {}, "lost");
  target.write(std::chrono::steady_clock::time_point{1h});

  std::filesystem::create_directory(folder.file("later"));
  target.take(Level::kErr, {}, "kept");
  target.write(std::chrono::steady_clock::time_point{1h + 1s});

  const auto lines = scratch::lines_of(scratch::read(settings.path));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].starts_with("<132>{\"time\":"));
  CHECK(lines[0].ends_with("\"1 log line was dropped: No such file or directory\"}"));
  CHECK(lines[1] == "<131>kept");
}
