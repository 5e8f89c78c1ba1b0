#pragma once

#include <utility>

#include "lb/check/heard.h"
#include "lb/check/judgement.h"
#include "lb/check/probe.h"

namespace lb::check {

// Asks the agent of one server again and again (configuration.txt, `agent-check`). Belongs to its
// worker.
class AgentWatch final : private net::Timed, private ProbeOwner {
 public:
  // All outlive it. `server` has an agent.
  AgentWatch(Ground ground, Desk& desk, Place server);

  // It is asked there from now on, unless its agent has an address of its own.
  void move(const proxy::Whereabouts& where);

  void start(net::Tick first) { ground_.wheel.schedule(*this, first); }
  void stop() {
    probe_.cancel();
    net::TimerWheel::cancel(*this);
  }

  // It is not asked meanwhile, and at once afterwards.
  void pause() {
    paused_ = true;
    stop();
  }
  void resume() {
    if (std::exchange(paused_, false)) ground_.wheel.schedule(*this, ground_.poller.now());
  }

  [[nodiscard]] Heard heard() const {
    Heard heard = heard_;
    heard.running = probe_.running();
    heard.disabled = paused_;
    return heard;
  }
  [[nodiscard]] const Place& server() const { return server_; }

 private:
  void on_due() override;
  void on_verdict(health::Verdict verdict) override;
  void on_postponed(int error) override;
  void come_back();
  [[nodiscard]] bool is_lost(const proxy::Whereabouts& where) const;

  Ground ground_;
  Desk& desk_;
  Place server_;
  const conf::AgentCheck& asked_;
  health::Plan plan_;
  Route route_;
  Probe probe_;
  net::Tick began_ = 0;
  bool paused_ = false;
  bool lost_;  // it has no address yet
  Heard heard_;
};

}  // namespace lb::check
