#include "lb/telemetry/note.h"

#include <stdlib.h>

#include <catch2/catch.hpp>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>

using lb::telemetry::Level;
using lb::telemetry::Note;

namespace {

std::string line_of(const Note& note, conf::LogFormat format,
                    conf::LogFrame frame = conf::LogFrame::kLocal) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  std::string out;
  lb::telemetry::append_note(note, format, frame, out);
  return out;
}

const Note kNote{
    .level = Level::kWarning,
    .time = std::chrono::system_clock::time_point{std::chrono::milliseconds{1795380326046}},
    .text = "Server web/s7 is DOWN, info: \"Connection refused\""};

}  // namespace

TEST_CASE("a note beside tcplog lines is its text, with time and level where no frame has them",
          "[telemetry]") {
  CHECK(line_of(kNote, conf::LogFormat::kTcplog) ==
        "Server web/s7 is DOWN, info: \"Connection refused\"");
  CHECK(line_of(kNote, conf::LogFormat::kTcplog, conf::LogFrame::kRaw) ==
        "[22/Nov/2026:20:45:26.046] warning: Server web/s7 is DOWN, info: \"Connection refused\"");
  CHECK(line_of(kNote, conf::LogFormat::kJson, conf::LogFrame::kRaw) ==
        line_of(kNote, conf::LogFormat::kJson));
}

TEST_CASE("a note of several lines stays one line", "[telemetry]") {
  Note note = kNote;
  note.text = "one\ntwo";

  CHECK(line_of(note, conf::LogFormat::kTcplog) == "one#0Atwo");
  CHECK(nlohmann::json::parse(line_of(note, conf::LogFormat::kJson))["message"] == "one\ntwo");
}

TEST_CASE("a note as JSON tells level, time and message", "[telemetry]") {
  const auto parsed = nlohmann::json::parse(line_of(kNote, conf::LogFormat::kJson));

  CHECK(parsed == nlohmann::json{{"time", "2026-11-22T20:45:26.046Z"},
                                 {"level", "warning"},
                                 {"message", kNote.text}});
  Note note = kNote;
  std::string told;
  for (int level = 0; level < 8; ++level) {
    note.level = static_cast<Level>(level);
    told += nlohmann::json::parse(line_of(note, conf::LogFormat::kJson))["level"];
    told += ' ';
  }
  CHECK(told == "emerg alert crit err warning notice info debug ");
}
