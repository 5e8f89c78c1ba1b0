#include "conf/yaml/log.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "conf/value.h"

namespace conf::yaml {
namespace {

using Kind = LogTarget::Kind;

constexpr std::string_view kTargets = "stdout, stderr, none or the absolute path of a file";

constexpr std::array<std::pair<std::string_view, Kind>, 3> kNames = {
    {{"stdout", Kind::kStdout}, {"stderr", Kind::kStderr}, {"none", Kind::kNone}}};

void read_to(const Cursor& at, LogTarget& target) {
  const auto to = at.text(kTargets);
  if (!to) return;
  const auto* const name = std::ranges::find(kNames, *to, &decltype(kNames)::value_type::first);
  if (name != kNames.end()) {
    target.kind = name->second;
  } else if (to->starts_with("udp://") || *to == "/dev/log") {
    at.mistake(fmt::format("{} would be syslog, which this version does not speak: log to {}",
                           quoted(*to), kTargets));
  } else if (to->starts_with('/') && !to->ends_with('/')) {
    target.kind = Kind::kFile;
    target.path = *to;
  } else {
    at.mistake(fmt::format("must be {}, is {}", kTargets, quoted(*to)));
  }
}

void read_format(const Cursor& at, LogTarget& target) {
  const auto format = at.text("tcplog or json");
  if (!format) return;
  if (*format == "json") {
    target.format = LogFormat::kJson;
  } else if (*format != "tcplog") {
    at.mistake(fmt::format("must be tcplog or json, is {}", quoted(*format)));
  }
}

constexpr Field<LogTarget> kLog[] = {
    {"to", kRequired, read_to, nullptr, "to: stdout"},
    {"format", "tcplog", read_format},
};

LogTarget read_target(const Cursor& at) {
  LogTarget target;
  if (at.is_mapping()) {
    read_fields(at, kLog, target);
  } else {
    read_to(at, target);
  }
  return target;
}

}  // namespace

void read_log(const Cursor& at, Global& global) {
  global.logs.clear();
  for (const auto& item : at.items()) global.logs.push_back(read_target(item));

  if (global.logs.empty()) at.mistake("lists no target: say none to log nothing");
  const auto nones = std::ranges::count(global.logs, Kind::kNone, &LogTarget::kind);
  if (nones > 0 && global.logs.size() > 1) {
    at.mistake("lists none beside other targets: keep one or the other");
  }
}

void list_log_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kLog>(prefix, keys);
}

}  // namespace conf::yaml
