#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "conf/log.h"
#include "lb/telemetry/note.h"
#include "lb/telemetry/timestamp.h"

namespace lb::telemetry {

// Puts before a line what its target wants there, cuts it to the length that the target takes, and
// ends it, all as HAProxy does. One object belongs to one thread.
class Frame {
 public:
  // Asks for the process's id and, if the target wants it, the machine's name.
  explicit Frame(const conf::LogTarget& target);

  // Appends the line and a newline. Allocates only when `out` has to grow.
  void append(Level level, std::chrono::system_clock::time_point when, std::string_view line,
              std::string& out);

 private:
  void append_head(Level level, std::chrono::system_clock::time_point when, std::string& out);

  const conf::LogFrame kind_;
  const std::size_t length_;
  const unsigned facility_;
  const std::string names_;  // what stands between the time and the line
  Timestamp timestamp_;
};

}  // namespace lb::telemetry
