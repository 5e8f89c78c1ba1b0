#include "lb/telemetry/note.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "lb/telemetry/escape.h"
#include "lb/telemetry/timestamp.h"

namespace lb::telemetry {

std::string_view name_of(Level level) {
  constexpr std::array<std::string_view, 8> kNames = {"emerg",   "alert",  "crit", "err",
                                                      "warning", "notice", "info", "debug"};
  return kNames.at(static_cast<std::size_t>(level));
}

Note note_of(Level level, std::string text) {
  return {.level = level, .time = std::chrono::system_clock::now(), .text = std::move(text)};
}

Note note_of_dropped(std::uint64_t lines, std::string_view why) {
  return note_of(Level::kWarning, fmt::format("{} log {} dropped: {}", lines,
                                              lines == 1 ? "line was" : "lines were", why));
}

void append_note(const Note& note, conf::LogFormat format, conf::LogFrame frame, std::string& out) {
  if (format == conf::LogFormat::kTcplog) {
    if (frame == conf::LogFrame::kRaw) {
      Timestamp timestamp(Timestamp::Form::kHaproxy);
      fmt::format_to(std::back_inserter(out), "[{}] {}: ", timestamp.text(note.time),
                     name_of(note.level));
    }
    return append_plain(note.text, out);
  }
  Timestamp timestamp(Timestamp::Form::kUtc);
  fmt::format_to(std::back_inserter(out), R"({{"time":"{}","level":"{}","message":)",
                 timestamp.text(note.time), name_of(note.level));
  append_json(note.text, out);
  out += '}';
}

}  // namespace lb::telemetry
