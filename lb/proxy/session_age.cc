#include "balancer/session_age.h"

#include <algorithm>

#include "lb/proxy/session.h"

// How a session ends that has reached the age that its backend allows. Its own timer wakes it then,
// so that nobody has to look for those that are old, and where no age is set nothing is asked.
namespace lb::proxy {
namespace {

using balancer::Grade;

balancer::SessionAge age_in(const conf::SessionAge& asked) {
  return {static_cast<net::Tick>(asked.limit.count()), asked.jitter};
}

}  // namespace

// When it is to be closed.
net::Tick Session::of_age() const {
  const auto& asked = backend_.config.max_session_age;
  if (!asked || phase_ != Phase::kFlowing) return net::kNever;
  return accepted_tick_ + age_in(*asked).begins(id_);
}

// Then, or at the next look at it.
net::Tick Session::aging_due() const {
  const net::Tick begins = of_age();
  if (begins == net::kNever) return begins;
  return std::max(begins, host_.now() + age_in(*backend_.config.max_session_age).step());
}

Grade Session::worst_for_age() const {
  return age_in(*backend_.config.max_session_age).worst(host_.now() - of_age());
}

// Whether it has been closed.
bool Session::part_for_age() {
  const Grade worst = worst_for_age();
  const auto quiet = static_cast<net::Tick>(backend_.config.drain.quiet_time.count());
  const net::Tick still = age_in(*backend_.config.max_session_age).quiet_time(quiet);
  const auto now_talks = talk();
  const Grade is = now_talks ? balancer::grade(*now_talks, still, host_.now()) : Grade::kBusy;
  if (is <= worst && part(is, Leave::kAge)) return true;
  // Something has just come, and there will be no better moment.
  if (worst == Grade::kBusy && part(Grade::kBusy, Leave::kAge)) return true;
  if (worst != Grade::kQuiet) watch_answers();
  return false;
}

}  // namespace lb::proxy
