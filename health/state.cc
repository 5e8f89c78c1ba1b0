#include "health/state.h"

#include <algorithm>

namespace health {

using conf::CheckResult;
using conf::InitState;

State::State(std::uint32_t rise, std::uint32_t fall, InitState init)
    : rise_(rise), fall_(fall), lives_(rise) {
  switch (init) {
    case InitState::kUp:
      break;
    case InitState::kFullyUp:
      lives_ = most();
      break;
    case InitState::kDown:
      lives_ = rise - 1;
      break;
    case InitState::kFullyDown:
      lives_ = 0;
      break;
  }
}

State::Change State::record(CheckResult result) {
  const bool was_up = up();
  switch (result) {
    case CheckResult::kNeutral:
      return Change::kNone;
    case CheckResult::kFailed:
      if (lives_ > 0) --lives_;
      if (lives_ < rise_) lives_ = 0;
      return was_up && !up() ? Change::kDown : Change::kNone;
    case CheckResult::kPassed:
    case CheckResult::kConditional:
      lives_ = std::min(lives_ + 1, most());
      if (lives_ >= rise_) lives_ = most();
      return !was_up && up() ? Change::kUp : Change::kNone;
  }
  return Change::kNone;
}

void State::expect_the_worst() { lives_ = std::min(lives_, rise_ + 1); }

State::Change State::fail_now() {
  lives_ = std::min(lives_, rise_);
  return record(CheckResult::kFailed);
}

State::Pace State::pace() const {
  if (lives_ == most()) return Pace::kNormal;
  return lives_ == 0 ? Pace::kDown : Pace::kFast;
}

}  // namespace health
