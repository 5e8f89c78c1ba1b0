#include "lb/telemetry/log_rules.h"

namespace lb::telemetry {

bool asks_for(const conf::SessionLog& asked, Moment moment) {
  switch (moment) {
    case Moment::kStart:
      return asked.start || asked.asap;
    case Moment::kProgress:
      return asked.every.count() != 0;
    case Moment::kEnd:
      break;
  }
  return asked.end;
}

bool has_error(const SessionRecord& record) {
  return record.reason.cause != Cause::kNone || record.retries != 0 || record.redispatched;
}

std::optional<LogVerdict> judge(const conf::SessionLog& asked, const SessionRecord& record) {
  if (!asks_for(asked, record.moment)) return std::nullopt;
  const bool first = record.moment == Moment::kStart;
  const bool last = record.moment == Moment::kEnd;
  const bool started =
      first || (asks_for(asked, Moment::kStart) && record.connect_time.count() >= 0);
  if (last && started && asked.asap) return std::nullopt;
  // Who will say nothing is not known at the start, where HAProxy's logasap tells everybody as
  // well. A session that was told then is told to its end.
  if (asked.dontlognull && !record.client_spoke && !started) return std::nullopt;
  const bool err = asked.separate_errors && has_error(record);
  return LogVerdict{.level = err ? conf::LogLevel::kErr : conf::LogLevel::kInfo,
                    .partial = asked.asap || !last};
}

}  // namespace lb::telemetry
