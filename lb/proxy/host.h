#pragma once

#include <cstdint>

#include "lb/net/loop.h"
#include "lb/net/poller.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/flow.h"
#include "lb/telemetry/session_record.h"

namespace lb::proxy {

class Session;

// A session's worker, as far as the session sees it. It outlives its sessions.
class Host {
 public:
  virtual net::Poller& poller() = 0;
  virtual net::TimerWheel& wheel() = 0;
  virtual Mover& mover() = 0;
  [[nodiscard]] virtual net::Tick now() const = 0;
  [[nodiscard]] virtual std::uint32_t index() const = 0;
  [[nodiscard]] virtual std::uint32_t process_sessions() const = 0;  // open now

  // Calls session.run() in the next turn: it has more to move than its budget.
  virtual void run_later(Session& session) = 0;

  // The session has come so far; it may be written down.
  virtual void reached(Session& session, telemetry::Moment moment) = 0;

  // The session is over; it is freed when the turn ends.
  virtual void retire(Session& session) = 0;

 protected:
  ~Host() = default;
};

}  // namespace lb::proxy
