#pragma once

#include <cstdint>

#include "lb/net/loop.h"
#include "lb/net/poller.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/at_server.h"
#include "lb/proxy/backend.h"
#include "lb/proxy/flow.h"
#include "lb/telemetry/session_record.h"

namespace lb::proxy {

class Session;

// A session's worker, as far as the session sees it. It outlives its sessions.
class Host {
 public:
  [[nodiscard]] net::Poller& poller() const { return poller_; }
  [[nodiscard]] net::TimerWheel& wheel() const { return wheel_; }
  [[nodiscard]] Mover& mover() const { return mover_; }
  [[nodiscard]] net::Tick now() const { return poller_.now(); }
  [[nodiscard]] std::uint32_t index() const { return index_; }
  [[nodiscard]] virtual std::uint32_t process_sessions() const = 0;  // open now

  // Calls session.run() in the next turn: it has more to move than its budget.
  virtual void run_later(Session& session) = 0;

  // The session has come so far; it may be written down.
  virtual void reached(Session& session, telemetry::Moment moment) = 0;

  // What this worker has of a server.
  [[nodiscard]] virtual AtServer& at(const Backend& backend, balancer::ServerId server) = 0;

  // What sessions have met at a server says something about it.
  virtual void crossed(Backend& backend, balancer::ServerId server,
                       balancer::Crossing crossing) = 0;

  // The backend's retry budget refuses a session another attempt.
  virtual void over_budget(const Backend& backend) = 0;

  // The session is over; it is freed when the turn ends.
  virtual void retire(Session& session) = 0;

 protected:
  Host(net::Poller& poller, net::TimerWheel& wheel, Mover& mover, std::uint32_t index)
      : poller_(poller), wheel_(wheel), mover_(mover), index_(index) {}
  ~Host() = default;

 private:
  net::Poller& poller_;
  net::TimerWheel& wheel_;
  Mover& mover_;
  const std::uint32_t index_;
};

}  // namespace lb::proxy
