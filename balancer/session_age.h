#pragma once

#include <cstdint>

#include "balancer/drain.h"
#include "balancer/policy.h"

namespace balancer {

// How sessions end that have reached an age: a pure judgement of time. Each has a part of its own
// of the jitter on top of the limit, which follows from its number, so that sessions that came
// together do not end together. From then on a quiet moment is waited for, and as the window closes
// less and less of one will do; at its end any moment is.
class SessionAge {
 public:
  // `jitter` is in percent of the limit.
  SessionAge(Tick limit, std::uint32_t jitter);

  // The age at which the session is to be closed.
  [[nodiscard]] Tick begins(std::uint64_t session) const;

  // For so long a good moment is waited for: a tenth of the limit, or the jitter if that is more.
  // So none gets older than limit + jitter + window.
  [[nodiscard]] Tick window() const { return window_; }

  // The worst grade that will do at so much over that age: kAnswered after a quarter of the window,
  // kStill after half of it.
  [[nodiscard]] Grade worst(Tick over) const;

  // For how long a session has to be still, where `asked` is what a drain waits for.
  [[nodiscard]] Tick quiet_time(Tick asked) const;

  // Until the next look at a session that could not be closed.
  [[nodiscard]] Tick step() const;

 private:
  Tick limit_;
  Tick jitter_;
  Tick window_;
};

}  // namespace balancer
