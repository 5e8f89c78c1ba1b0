#pragma once

#include "conf/model.h"
#include "lb/net/loop.h"
#include "lb/net/timer_wheel.h"

namespace lb::proxy {

// When a timeout that began at `start` is over. A stamp may be as old as its turn; a slot more than
// the timeout keeps it from firing early.
[[nodiscard]] inline net::Tick after(net::Tick start, conf::Milliseconds timeout) {
  if (timeout == conf::kInfinite) return net::kNever;
  return start + static_cast<net::Tick>(timeout.count()) + net::TimerWheel::kSlot;
}

}  // namespace lb::proxy
