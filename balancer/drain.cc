#include "balancer/drain.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace balancer {
namespace {

// Parts of the time to the deadline. By the first, all would be closed if all were quiet: 14 % in a
// tenth of it. Those that are never quiet for long have from then on to the second to be found so,
// and are closed by the third.
constexpr double kLineEnds = 0.72;
constexpr double kRestBegins = 0.8;
constexpr double kRestEnds = 0.98;
constexpr double kAhead = 0.04;  // an answer is waited for so long before somebody must go
constexpr double kLead = 0.1;    // and a quiet moment for so long

constexpr double kShrinksFrom = 0.1;
constexpr double kShrunkBy = 0.5;
constexpr Tick kShrinksTo = 8;  // to an eighth

constexpr Tick kPatience =
    10'000;  // ms until somebody who is never quiet is closed after an answer
constexpr Tick kFirstPatience = 2'000;    // ms until a surplus is also closed after answers
constexpr double kSharePerSecond = 0.05;  // of the sessions at the start
constexpr double kLeastPerSecond = 10;
constexpr double kCredit = 0.1;  // seconds

std::uint32_t over(double left, double target) {
  return left > target ? static_cast<std::uint32_t>(std::ceil(left - target)) : 0;
}

}  // namespace

Grade grade(const Talk& talk, Tick quiet_time, Tick now) {
  const Tick still = now > talk.since ? now - talk.since : 0;
  if (talk.last == Talk::Last::kClient)
    return still >= 5 * quiet_time ? Grade::kStill : Grade::kBusy;
  return still >= quiet_time ? Grade::kQuiet : Grade::kBusy;
}

DrainPace::DrainPace(const DrainOrder& order, std::uint32_t mine, std::uint32_t all, double phase)
    : order_(order),
      mine_(mine),
      share_(all == 0 ? 0 : static_cast<double>(mine) / all),
      phase_(phase),
      credit_(phase),
      credited_(order.start) {}

double DrainPace::elapsed(Tick now) const {
  const Tick whole = std::max<Tick>(order_.deadline - order_.start, 1);
  const Tick part = now > order_.start ? now - order_.start : 0;
  return std::min(1.0, static_cast<double>(part) / static_cast<double>(whole));
}

Tick DrainPace::quiet_time(Tick now) const {
  const Tick most = order_.quiet_time;
  if (order_.mode != DrainOrder::Mode::kDeadline) return most;
  const double way =
      std::clamp((elapsed(now) - kShrinksFrom) / (kShrunkBy - kShrinksFrom), 0.0, 1.0);
  const Tick shrinks_by = most - most / kShrinksTo;
  return most - static_cast<Tick>(way * static_cast<double>(shrinks_by));
}

DrainPace::Allowance DrainPace::allow(std::uint32_t left, Tick now) {
  const std::uint32_t by_rate = allow_by_rate(left, now);
  Allowance may;
  switch (order_.mode) {
    case DrainOrder::Mode::kNatural:
      break;
    case DrainOrder::Mode::kDeadline:
      may = allow_by_line(left, now);
      if (order_.pace != 0 && may.any == 0) may.quiet = std::min(may.quiet, by_rate);
      break;
    case DrainOrder::Mode::kWhenQuiet:
      may.quiet = by_rate;
      may.answered = now >= order_.start + kPatience ? by_rate : 0;
      break;
    case DrainOrder::Mode::kSurplus:
      may.quiet = allow_by_grant(left, now);
      may.answered = now >= order_.start + kFirstPatience ? may.quiet : 0;
      return may;
  }
  may.idle = by_rate;
  return may;
}

// Sessions that end by themselves leave the line as well, so nobody is closed in their place.
DrainPace::Allowance DrainPace::allow_by_line(std::uint32_t left, Tick now) {
  const double time = elapsed(now);
  // Of one session the line would be a step at its end: the phase moves it to and fro.
  const double target = std::floor(mine_ * (1 - time / kLineEnds) + 1 - phase_);
  Allowance may{.quiet = over(left, std::max(0.0, target))};
  if (time < kRestBegins) return may;

  if (!std::exchange(resting_, true)) rest_ = left;
  const auto target_at = [this](double at) {
    const double way = std::clamp((at - kRestBegins) / (kRestEnds - kRestBegins), 0.0, 1.0);
    return rest_ * (1 - way);
  };
  may.quiet = over(left, std::floor(target_at(time + kLead)));
  may.answered = over(left, std::ceil(target_at(time + kAhead)));
  may.any = over(left, std::ceil(target_at(time)));
  return may;
}

std::uint32_t DrainPace::allow_by_rate(std::uint32_t left, Tick now) {
  const double asked = order_.pace != 0
                           ? order_.pace * share_
                           : std::max(kLeastPerSecond * share_, kSharePerSecond * mine_);
  const Tick passed = now > credited_ ? now - credited_ : 0;
  credited_ = std::max(credited_, now);
  const double most = std::max(1.0, asked * kCredit);
  credit_ = std::min(credit_ + asked * static_cast<double>(passed) / 1000, most);
  return credit_ < 1 ? 0 : static_cast<std::uint32_t>(std::min<double>(credit_, left));
}

void DrainPace::grant(std::uint32_t count, Tick time, Tick now) {
  granted_ = count;
  used_ = 0;
  granted_at_ = now;
  grant_time_ = std::max<Tick>(time, 1);
}

// Evenly over its time; what could not be used then can be until the next one.
std::uint32_t DrainPace::allow_by_grant(std::uint32_t left, Tick now) const {
  const double passed = now > granted_at_ ? static_cast<double>(now - granted_at_) : 0;
  const double way = std::min(1.0, passed / static_cast<double>(grant_time_));
  const auto due = static_cast<std::uint32_t>(granted_ * way + phase_);
  return std::min(left, due > used_ ? due - used_ : 0);
}

}  // namespace balancer
