#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace health {

// A slow server is a sick server: while connecting to it takes longer than a limit, it keeps less
// and less of its weight, and gets it back when it has been clearly below the limit for a while.
class Slowness {
 public:
  explicit Slowness(std::chrono::microseconds limit) : limit_(limit) {}

  // To be asked every second or so with the smoothed time that connects have taken; nullopt: there
  // was none since the last time, and nothing changes. Answers the new percentage of the weight
  // when it is another one: 50, 25, 10, and 100 again.
  [[nodiscard]] std::optional<std::uint32_t> judge(
      std::optional<std::chrono::microseconds> connecting);

  [[nodiscard]] std::uint32_t percent() const { return percent_; }

 private:
  std::chrono::microseconds limit_;
  std::uint32_t percent_ = 100;
  std::uint32_t calm_ = 0;  // times in a row that it was clearly below the limit
};

}  // namespace health
