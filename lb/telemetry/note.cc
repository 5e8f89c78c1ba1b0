#include "lb/telemetry/note.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>

#include "lb/telemetry/escape.h"
#include "lb/telemetry/timestamp.h"

namespace lb::telemetry {
namespace {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::kAlert:
      return "alert";
    case Level::kWarning:
      return "warning";
    case Level::kNotice:
      break;
  }
  return "notice";
}

}  // namespace

void append_note(const Note& note, conf::LogFormat format, std::string& out) {
  if (format == conf::LogFormat::kTcplog) {
    append_plain(note.text, out);
    out += '\n';
    return;
  }
  Timestamp timestamp(Timestamp::Form::kIso);
  fmt::format_to(std::back_inserter(out), R"({{"time":"{}","level":"{}","message":)",
                 timestamp.text(note.time), name_of(note.level));
  append_json(note.text, out);
  out += "}\n";
}

}  // namespace lb::telemetry
