#pragma once

#include <algorithm>
#include <cmath>

#include "balancer/policy.h"

namespace balancer {

// A moving average of waiting times that believes bad news at once and good news slowly: a time
// above it takes its place, one below draws it down by as much as its last change is old. Without
// news it fades towards 0, as if nothing had been waited for. Peak EWMA after Finagle's load metric
// of that name, which linkerd has taken over.
//
// Times are in any unit, `decay` in ticks: what is so old counts 1/e. Ticks do not go back.
class PeakAverage {
 public:
  void observe(double time, Tick now, double decay) {
    const double old = weight_of_old(now, decay);
    time_ = std::max(time, time_ * old + time * (1 - old));
    since_ = now;
    known_ = true;
  }

  // False until something was observed.
  [[nodiscard]] bool known() const { return known_; }

  // As it was when something was last observed, and with the time since then.
  [[nodiscard]] double then() const { return time_; }
  [[nodiscard]] double at(Tick now, double decay) const {
    return time_ * weight_of_old(now, decay);
  }

 private:
  [[nodiscard]] double weight_of_old(Tick now, double decay) const {
    return std::exp(-static_cast<double>(now - since_) / decay);
  }

  double time_ = 0;
  Tick since_ = 0;
  bool known_ = false;
};

}  // namespace balancer
