#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "conf/address.h"
#include "conf/place.h"

// What the operator wants to be told, and where.
namespace conf {

// syslog's severities; a smaller number is worse.
enum class LogLevel : std::uint8_t {
  kEmerg,
  kAlert,
  kCrit,
  kErr,
  kWarning,
  kNotice,
  kInfo,
  kDebug,
};

// How a session is written.
enum class LogFormat : std::uint8_t { kTcplog, kJson };

// What stands before a line on its way, in HAProxy's words for `log ... format`.
enum class LogFrame : std::uint8_t {
  kRaw,       // nothing
  kLocal,     // <134>Nov 22 20:53:52 tag[pid]:
  kRfc3164,   // <134>Nov 22 20:53:52 host tag[pid]:
  kRfc5424,   // <134>1 2026-11-22T20:53:52.804804+00:00 host tag pid - -
  kPriority,  // <134>
  kShort,     // <6>
  kTimed,     // <6>2026-11-22T20:53:52.804804+00:00
  kIso,       // 2026-11-22T20:53:52.804804+00:00
};

// Which of each `of` sessions a target gets, counted from 1. Without ranges it gets all.
struct LogSample {
  struct Range {
    std::uint32_t first = 1;
    std::uint32_t last = 1;
    friend bool operator==(const Range&, const Range&) = default;
  };
  std::vector<Range> ranges;  // in order, none overlaps another
  std::uint32_t of = 1;
};

struct LogTarget {
  enum class Kind : std::uint8_t { kStdout, kStderr, kNone, kFile, kSyslog };
  Kind kind = Kind::kStdout;
  std::string path;  // kFile only
  Address address;   // kSyslog only: UDP, or a UNIX datagram socket
  LogFormat format = LogFormat::kTcplog;
  LogFrame frame = LogFrame::kRaw;
  std::uint32_t facility = 16;  // 0..23; 16: local0
  std::string tag = "tidegate";
  std::string hostname;                   // empty: none; "auto": the machine's
  std::uint32_t length = 0;               // longer lines are cut; 0: never
  LogLevel level = LogLevel::kDebug;      // what is less severe is left out
  LogLevel min_level = LogLevel::kEmerg;  // what is more severe is written as this
  LogSample sample;
  Place place;
};

// Which lines the sessions of a frontend write.
struct SessionLog {
  bool dontlognull = false;      // none for a session whose client sent no byte
  bool separate_errors = false;  // one with an error in it is of level err instead of info
  bool asap = false;             // once the server is connected, instead of at the end
  bool start = false;            // also once the server is connected
  bool end = true;
  std::chrono::milliseconds every{
      0};  // also each time that so much of the session has passed; 0: never
};

}  // namespace conf
