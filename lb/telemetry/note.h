#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "conf/log.h"

namespace lb::telemetry {

using Level = conf::LogLevel;

// "emerg" to "debug", as syslog and HAProxy spell them.
[[nodiscard]] std::string_view name_of(Level level);

// An event that an operator acts on.
struct Note {
  Level level = Level::kNotice;
  std::chrono::system_clock::time_point time;
  std::string text;
};

// An event that happens now.
[[nodiscard]] Note note_of(Level level, std::string text);

// "40 log lines were dropped: No space left on device"
[[nodiscard]] Note note_of_dropped(std::uint64_t lines, std::string_view why);

// Appends the note, without a newline: a JSON object, or its text beside tcplog lines. Where no
// frame says when and how bad, the text does: "[22/Nov/2026:20:45:26.046] warning: text".
void append_note(const Note& note, conf::LogFormat format, conf::LogFrame frame, std::string& out);

}  // namespace lb::telemetry
