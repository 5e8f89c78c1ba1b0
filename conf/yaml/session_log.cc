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

// `asap` of this mapping counts, one that was inherited does not.
struct Draft {
  SessionLog& log;
  bool asap = false;
};

template <auto kMember>
constexpr auto kSetSwitch =
    [](const Cursor& at, Draft& draft) { kSet<kMember, switch_at>(at, draft.log); };

void read_asap(const Cursor& at, Draft& draft) {
  kSetSwitch<&SessionLog::asap>(at, draft);
  draft.asap = draft.log.asap;
}

void read_at(const Cursor& at, Draft& draft) {
  if (draft.asap) at.mistake("asap is at: [start] in HAProxy's word: keep one");
  SessionLog& log = draft.log;
  log.start = log.end = false;
  log.every = {};
  const auto moments = at.items();
  for (const Cursor& moment : moments) read_moment(moment, log);
  if (moments.empty()) at.mistake("names no moment: leave it out for end alone");
}

constexpr Field<Draft> kSessionLog[] = {
    {"dontlognull", "false", kSetSwitch<&SessionLog::dontlognull>},
    {"separate_errors", "false", kSetSwitch<&SessionLog::separate_errors>},
    {"asap", "false", read_asap},
    {"at", "end", read_at},
};

}  // namespace

void read_session_log(const Cursor& at, SessionLog& log) {
  Draft draft{.log = log};
  read_fields(at, kSessionLog, draft);
}

void list_session_log_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kSessionLog>(prefix, keys);
}

void list_inherited_session_log_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_inherited_fields<kSessionLog>(prefix, keys);
}

}  // namespace conf::yaml
