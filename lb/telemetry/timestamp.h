#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lb::telemetry {

// Writes points in time. Remembers the last second it wrote, because most lines of a busy log share
// theirs; so one object belongs to one thread.
class Timestamp {
 public:
  enum class Form : std::uint8_t {
    kHaproxy,  // 22/Nov/2026:20:45:26.046, local time
    kUtc,      // 2026-11-22T20:45:26.046Z
    kSyslog,   // Nov 22 20:45:26, local time (RFC 3164)
    kOffset,   // 2026-11-22T21:45:26.046812+01:00, local time (RFC 5424)
  };

  explicit Timestamp(Form form) : form_(form) {}

  // Valid until the next call.
  [[nodiscard]] std::string_view text(std::chrono::system_clock::time_point when);

 private:
  void write_second(std::chrono::sys_seconds second);

  Form form_;
  std::chrono::sys_seconds second_ = std::chrono::sys_seconds::min();
  std::array<char, 40> text_{};
  std::array<char, 6> offset_{};  // "+01:00"
  std::size_t second_length_ = 0;
};

}  // namespace lb::telemetry
