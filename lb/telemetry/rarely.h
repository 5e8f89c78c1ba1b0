#pragma once

#include <optional>

#include "lb/net/loop.h"

namespace lb::telemetry {

// Keeps what may go on for hours from being told with every occurrence.
class Rarely {
 public:
  // Whether it is time to tell: the first time, and then a minute after the last that was told.
  [[nodiscard]] bool is_time(net::Tick now) {
    if (told_ && now - *told_ < kPause) return false;
    told_ = now;
    return true;
  }
  void forget() { told_.reset(); }

 private:
  static constexpr net::Tick kPause = 60'000;  // ms
  std::optional<net::Tick> told_;
};

}  // namespace lb::telemetry
