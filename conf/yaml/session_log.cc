#include "conf/yaml/session_log.h"

#include <chrono>
#include <string_view>

#include "conf/value.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::chrono::seconds kLeastEvery{1};

void read_moment(const Cursor& at, SessionLog& log) {
  constexpr std::string_view kExpected = "start, end, or how often in between, such as 1h";
  const auto text = at.text(kExpected);
  if (!text) return;
  const auto every = parse_duration(*text);
  const bool twice = *text == "start" ? log.start
                     : *text == "end" ? log.end
                                      : log.every.count() != 0;
  if (*text != "start" && *text != "end" && !every) {
    at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  } else if (twice) {
    at.mistake("is a second one of its kind: keep one");
  } else if (*text == "start") {
    log.start = true;
  } else if (*text == "end") {
    log.end = true;
  } else if (*every < kLeastEvery || *every == kInfinite) {
    at.mistake(fmt::format("must be from 1s to 24d, is {}", quoted(*text)));
  } else {
    log.every = *every;
  }
}

void read_at(const Cursor& at, SessionLog& log) {
  log.start = log.end = false;
  log.every = {};
  const auto moments = at.items();
  for (const Cursor& moment : moments) read_moment(moment, log);
  if (moments.empty()) at.mistake("names no moment: leave it out for end alone");
}

constexpr Field<SessionLog> kSessionLog[] = {
    {"dontlognull", "false", kSet<&SessionLog::dontlognull, switch_at>},
    {"separate_errors", "false", kSet<&SessionLog::separate_errors, switch_at>},
    {"asap", "false", kSet<&SessionLog::asap, switch_at>},
    {"at", "end", read_at},
};

}  // namespace

void read_session_log(const Cursor& at, SessionLog& log) { read_fields(at, kSessionLog, log); }

void list_session_log_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kSessionLog>(prefix, keys);
}

void list_inherited_session_log_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_inherited_fields<kSessionLog>(prefix, keys);
}

}  // namespace conf::yaml
