#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "conf/model.h"

namespace health {

// How long a server is out for what real sessions have met at it: the configured time at first,
// twice as long each time that it had not done well for as long as it was out before, up to a
// limit. The growing time and the limit on how many are out are Envoy's outlier detection
// (arch_overview/upstream/outlier). Milliseconds of a steady clock.
class Ejection {
 public:
  explicit Ejection(const conf::Ejection& rules) : rules_(&rules) {}

  // Out it goes; the answer is for how long.
  [[nodiscard]] std::chrono::milliseconds eject(std::uint64_t now);

  // It is back and trusted.
  void trust(std::uint64_t now) { trusted_ = now; }

  // How many of `servers` may be out at a time; the last one never is.
  [[nodiscard]] static std::uint32_t most_of(std::uint32_t servers, std::uint32_t percent);

 private:
  const conf::Ejection* rules_;
  std::chrono::milliseconds last_{0};     // how long it was out; 0: never
  std::optional<std::uint64_t> trusted_;  // since when; unset: it is out, or on trial
};

}  // namespace health
