#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/peak_average.h"
#include "balancer/policy.h"
#include "balancer/weighted_draw.h"

namespace balancer {

// Of two servers drawn at random by weight the one at which a session costs less: the time it
// answers in, times its sessions with this one, over its weight. Of equals the one drawn later. The
// time is a PeakAverage of all that answered() tells, so a server that stalls is left alone from
// its first slow answer on. The draws are two different servers, as in Finagle and linkerd: with
// two servers the slower one is not picked for having been drawn twice.
//
// - A server that is not picked is not measured, so its time fades and it is picked again some day.
//   From then until an answer comes (or a session ends) its time counts unfaded: one session tries
//   it, not all.
// - A server without a measurement counts with the mean of those that have one.
// - No time counts less than a tenth of a millisecond. So where sessions come seldom and times have
//   faded, the sessions open decide.
class PeakEwma final : public Policy {
 public:
  // `decay` is above 0. The same seed and the same calls give the same picks.
  PeakEwma(std::chrono::milliseconds decay, std::uint64_t seed);

  void enroll(ServerId server, std::uint32_t number, std::string_view name) override;
  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;
  void released(ServerId server) override;  // requires a session taken before
  void full(ServerId server) override;
  void free(ServerId server) override;
  void answered(ServerId server, std::chrono::microseconds after, Tick now) override;  // O(1)
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;              // O(log n)
  [[nodiscard]] bool floods() const override { return true; }

 private:
  struct Slot {
    PeakAverage time;  // in microseconds
    std::uint32_t open = 0;
    bool tried = false;  // a session was given, and nothing was heard since
  };

  [[nodiscard]] double time(const Slot& slot) const;
  [[nodiscard]] double mean() const;
  [[nodiscard]] double weight_of_sum() const;

  WeightedDraw draw_;
  std::vector<Slot> slots_;
  const double decay_;
  Tick now_ = 0;  // the latest that was told

  // Over those with a measurement. All times fade alike, so their sum fades as they do.
  double sum_ = 0;  // at sum_since_
  Tick sum_since_ = 0;
  std::uint32_t known_ = 0;
};

}  // namespace balancer
