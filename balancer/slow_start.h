#pragma once

#include <algorithm>
#include <cstdint>

#include "balancer/policy.h"

namespace balancer {

// A server's way from nothing to its full share: a line over `length` milliseconds, from the moment
// it begins to serve. HAProxy's `slowstart` makes steps of whole seconds; this one has a step
// wherever somebody looks.
class SlowStart {
 public:
  explicit SlowStart(Tick length = 0) : length_(length) {}

  void begin(Tick now) {
    since_ = now;
    running_ = length_ != 0;
  }
  void stop() { running_ = false; }

  // Ends by itself when the time is over.
  [[nodiscard]] bool running(Tick now) const { return running_ && now < since_ + length_; }

  // The part of `whole` that is there now, rounded up and at least 1; all of it when not running.
  [[nodiscard]] std::uint32_t part_of(std::uint32_t whole, Tick now) const {
    if (!running(now) || whole == 0) return whole;
    const Tick elapsed = now > since_ ? now - since_ : 0;
    const std::uint64_t part = (std::uint64_t{whole} * elapsed + length_ - 1) / length_;
    return std::max<std::uint32_t>(static_cast<std::uint32_t>(part), 1);
  }

  // The least `whole` of which there is a part of at least `part`, above 0; UINT64_MAX: none yet.
  [[nodiscard]] std::uint64_t whole_of(std::uint32_t part, Tick now) const {
    if (!running(now) || part <= 1) return part;
    if (now <= since_) return UINT64_MAX;
    return std::uint64_t{part - 1} * length_ / (now - since_) + 1;
  }

 private:
  Tick length_;
  Tick since_ = 0;
  bool running_ = false;
};

}  // namespace balancer
