#include "balancer/session_age.h"

#include <algorithm>

#include "balancer/split_mix.h"

namespace balancer {
namespace {

constexpr Tick kShortestStep = 20;  // ms
constexpr Tick kLongestStep = 1'000;
constexpr Tick kSteps = 256;    // in a window
constexpr Tick kQuietPart = 8;  // of the window at most

}  // namespace

SessionAge::SessionAge(Tick limit, std::uint32_t jitter)
    : limit_(limit),
      jitter_(limit * jitter / 100),
      window_(std::max({limit / 10, jitter_, Tick{1}})) {}

Tick SessionAge::begins(std::uint64_t session) const {
  return limit_ + SplitMix(session).below(jitter_ + 1);
}

Grade SessionAge::worst(Tick over) const {
  if (over >= window_) return Grade::kBusy;
  if (over >= window_ / 2) return Grade::kStill;
  return over >= window_ / 4 ? Grade::kAnswered : Grade::kQuiet;
}

Tick SessionAge::quiet_time(Tick asked) const { return std::min(asked, window_ / kQuietPart); }

Tick SessionAge::step() const { return std::clamp(window_ / kSteps, kShortestStep, kLongestStep); }

}  // namespace balancer
