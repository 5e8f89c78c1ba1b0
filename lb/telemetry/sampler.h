#pragma once

#include <cstdint>

#include "conf/log.h"

namespace lb::telemetry {

// Takes the sessions of a sample: with ranges 1,3-5 of 6 the first, the third to the fifth, and
// again of the next six. Pure.
class Sampler {
 public:
  explicit Sampler(conf::LogSample sample);

  // Whether the next one is taken.
  [[nodiscard]] bool take();

 private:
  const conf::LogSample sample_;
  std::uint32_t index_ = 0;  // of the one seen last, from 1
};

}  // namespace lb::telemetry
