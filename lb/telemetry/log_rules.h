#pragma once

#include <optional>

#include "conf/log.h"
#include "lb/telemetry/session_record.h"

namespace lb::telemetry {

// How a session is written down at one of its moments.
struct LogVerdict {
  conf::LogLevel level = conf::LogLevel::kInfo;
  bool partial = false;
  friend bool operator==(const LogVerdict&, const LogVerdict&) = default;
};

// Whether any session is written down at this moment.
[[nodiscard]] bool asks_for(const conf::SessionLog& asked, Moment moment);

// Whether the session is written down now, and how: all rules of a frontend's `log` in one place.
// Looks at `moment`, `reason`, the timers, retries and `client_spoke`. Pure.
[[nodiscard]] std::optional<LogVerdict> judge(const conf::SessionLog& asked,
                                              const SessionRecord& record);

// What HAProxy's `option log-separate-errors` means by an error: an end that was not in order, or a
// first attempt to connect that failed.
[[nodiscard]] bool has_error(const SessionRecord& record);

}  // namespace lb::telemetry
