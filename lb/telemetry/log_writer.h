#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "conf/model.h"
#include "lb/telemetry/session_record.h"

namespace lb::telemetry {

enum class Level : std::uint8_t { kAlert, kWarning, kNotice };

// One producer's way into the log: a single-producer ring. Never blocks; a full ring drops the record and
// counts it. One thread owns each channel.
class LogChannel {
 public:
  void write(const SessionRecord& record);
  void note(Level level, std::string text);  // an event for the operator; rare, may allocate

  // Wakes the writer when it sleeps and something was written since the last call. Called once a turn.
  void flush();

  [[nodiscard]] std::uint64_t dropped() const;  // any thread
};

// The thread that formats records and writes them out, at nice 10. Destroying it writes what is in the
// rings and joins.
class LogWriter {
 public:
  LogWriter(const std::vector<conf::LogTarget>& targets, std::size_t channels);
  ~LogWriter();

  [[nodiscard]] LogChannel& channel(std::size_t index);
};

}  // namespace lb::telemetry
