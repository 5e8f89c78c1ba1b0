#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace lb::telemetry {

// Writes points in time to the millisecond. Remembers the last second it wrote, because most lines
// of a busy log share theirs; so one object belongs to one thread.
class Timestamp {
 public:
  enum class Form : std::uint8_t {
    kHaproxy,  // 22/Nov/2026:20:45:26.046, local time
    kIso,      // 2026-11-22T20:45:26.046Z
  };

  explicit Timestamp(Form form) : form_(form) {}

  // Valid until the next call.
  [[nodiscard]] std::string_view text(std::chrono::system_clock::time_point when);

 private:
  void write_second(std::chrono::sys_seconds second);

  Form form_;
  std::chrono::sys_seconds second_ = std::chrono::sys_seconds::min();
  std::array<char, 40> text_{};
  std::size_t second_length_ = 0;
};

}  // namespace lb::telemetry
