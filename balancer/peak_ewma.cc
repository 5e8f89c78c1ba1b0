#include "balancer/peak_ewma.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace balancer {

namespace {

constexpr double kLeastTime = 100;  // microseconds

}  // namespace

PeakEwma::PeakEwma(std::chrono::milliseconds decay, std::uint64_t seed)
    : draw_(seed), decay_(static_cast<double>(decay.count())) {
  assert(decay_ > 0);
}

// What was measured was another server's.
void PeakEwma::enroll(ServerId server, std::uint32_t /*number*/, std::string_view /*name*/) {
  if (server >= slots_.size()) return;
  PeakAverage& time = slots_[server].time;
  if (!time.known()) return;
  sum_ = std::max(0.0, sum_ * weight_of_sum() - time.at(now_, decay_));
  sum_since_ = now_;
  --known_;
  time = {};
}

void PeakEwma::set(ServerId server, Weight weight, bool usable) {
  if (server >= slots_.size()) slots_.resize(server + 1);
  draw_.set(server, weight, usable);
}

void PeakEwma::taken(ServerId server) {
  ++slots_[server].open;
  slots_[server].tried = true;
}

void PeakEwma::released(ServerId server) {
  assert(slots_[server].open > 0);
  --slots_[server].open;
  slots_[server].tried = false;
}

void PeakEwma::full(ServerId server) { draw_.full(server); }

void PeakEwma::free(ServerId server) { draw_.free(server); }

void PeakEwma::answered(ServerId server, std::chrono::microseconds after, Tick now) {
  now_ = std::max(now_, now);
  Slot& slot = slots_[server];
  if (!slot.time.known()) ++known_;
  // What rounding leaves fades, too; it must only not be less than nothing.
  const double others = std::max(0.0, sum_ * weight_of_sum() - slot.time.at(now_, decay_));
  slot.time.observe(static_cast<double>(after.count()), now_, decay_);
  slot.tried = false;
  sum_ = others + slot.time.then();
  sum_since_ = now_;
}

std::optional<ServerId> PeakEwma::pick(Key /*key*/, Tick now) {
  now_ = std::max(now_, now);
  const auto one = draw_.draw();
  if (!one) return std::nullopt;
  const auto other = draw_.draw_other(*one);
  if (!other) return one;

  // Each cost times both weights: no division.
  const auto cost = [this](ServerId server, ServerId against) {
    const Slot& slot = slots_[server];
    return time(slot) * (slot.open + 1.0) * draw_.weight(against);
  };
  return cost(*other, *one) <= cost(*one, *other) ? other : one;
}

double PeakEwma::time(const Slot& slot) const {
  if (!slot.time.known()) return std::max(kLeastTime, mean());
  return std::max(kLeastTime, slot.tried ? slot.time.then() : slot.time.at(now_, decay_));
}

double PeakEwma::mean() const { return known_ == 0 ? 0 : sum_ * weight_of_sum() / known_; }

double PeakEwma::weight_of_sum() const {
  return std::exp(-static_cast<double>(now_ - sum_since_) / decay_);
}

}  // namespace balancer
