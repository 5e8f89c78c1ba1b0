#pragma once

#include <cstdint>
#include <optional>

#include "health/state.h"
#include "lb/check/heard.h"
#include "lb/check/judgement.h"
#include "lb/check/probe.h"

namespace lb::check {

// Why no checks are made.
enum class Pause : std::uint8_t { kMaintenance = 1, kByHand = 2 };

// The checks of one server, one after the other, and what they have come to. Belongs to its worker.
class Watch final : private net::Timed, private ProbeOwner {
 public:
  // All outlive it. `server` has a check, of which `plan` is made.
  Watch(Ground ground, Desk& desk, Place server, const health::Plan& plan);

  // The next check goes there.
  void move(const proxy::Whereabouts& where);

  // The first check comes then.
  void start(net::Tick first) { ground_.wheel.schedule(*this, first); }

  // No checks while there is a reason for that. Afterwards they begin at once, from where they
  // were.
  void pause(Pause why);
  void resume(Pause why);
  [[nodiscard]] bool paused() const { return paused_ != 0; }

  // An operator knows better: it is well, or well and leaving, or down, until checks say otherwise.
  void force(bool up, bool stopping);

  [[nodiscard]] Heard heard() const;
  [[nodiscard]] const Place& server() const { return server_; }

  // So many sessions in a row have failed: HAProxy's `on-error`.
  void met_errors(conf::Observe::Action action, std::uint32_t errors);

 private:
  void on_due() override;
  void on_verdict(health::Verdict verdict) override;
  void on_postponed(int error) override;

  [[nodiscard]] std::chrono::milliseconds own_place() const;
  [[nodiscard]] health::State::Change record(conf::CheckResult result);
  void come_back_in(std::chrono::milliseconds time);
  [[nodiscard]] std::chrono::milliseconds interval() const;
  void report(health::Verdict verdict, std::optional<std::chrono::milliseconds> duration,
              health::State::Change change);

  Ground ground_;
  Desk& desk_;
  Place server_;
  const conf::Check& asked_;
  const health::Plan& plan_;
  Route route_;
  health::State state_;
  Probe probe_;
  net::Tick began_ = 0;
  std::uint8_t paused_ = 0;  // reasons
  bool stopping_ = false;
  std::uint32_t told_lives_;
  conf::CheckStatus told_status_ = conf::CheckStatus::kInitial;
  Heard heard_;
};

}  // namespace lb::check
