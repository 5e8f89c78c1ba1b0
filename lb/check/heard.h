#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "health/verdict.h"
#include "lb/check/judgement.h"

namespace lb::check {

// What the checks of a server have come to lately, also when that has changed nothing and so was
// told to nobody.
struct Heard {
  health::Verdict verdict{.status = conf::CheckStatus::kInitial};
  std::chrono::milliseconds duration{0};
  std::uint64_t failures = 0;  // while the server was up
  std::uint32_t lives = 0;     // as health::State has them
  bool running = false;        // one is under way
  bool disabled = false;       // an operator wants none
};

// The same with whose it is, and whether its checks or its agent said it.
struct HeardOf {
  Place of;
  bool agent = false;
  Heard heard;
};

}  // namespace lb::check
