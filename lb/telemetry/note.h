#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "conf/model.h"

namespace lb::telemetry {

enum class Level : std::uint8_t { kAlert, kWarning, kNotice };

// An event that an operator acts on.
struct Note {
  Level level = Level::kNotice;
  std::chrono::system_clock::time_point time;
  std::string text;
};

// Appends the note as one line: the text alone beside tcplog lines, as HAProxy, or a JSON object.
void append_note(const Note& note, conf::LogFormat format, std::string& out);

}  // namespace lb::telemetry
