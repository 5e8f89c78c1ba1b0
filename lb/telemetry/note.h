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

// Appends the note, without a newline: its text alone beside tcplog lines, as HAProxy, or a JSON
// object.
void append_note(const Note& note, conf::LogFormat format, std::string& out);

}  // namespace lb::telemetry
