#include <algorithm>
#include <cerrno>
#include <chrono>

#include "lb/proxy/deadline.h"
#include "lb/proxy/session.h"

// What a session waits for in each phase, how long, and what follows when it does not come.
namespace lb::proxy {
namespace {

using telemetry::Cause;
using telemetry::Stage;

constexpr net::Tick kDeliveryCheck = 20;                              // ms between two looks
constexpr conf::Milliseconds kMostLinger = std::chrono::seconds{30};  // without a fin timeout
constexpr conf::Milliseconds kMostPause = std::chrono::seconds{1};
constexpr net::Tick kOfAge = 6000;  // ms after which a session has its server's options

}  // namespace

void Session::enter(Phase phase) {
  phase_ = phase;
  phase_since_ = host_.now();
  arm();
}

void Session::arm() {
  const net::Tick due = std::min({deadline(), tuning_due(), aging_due()});
  if (due == net::kNever) return net::TimerWheel::cancel(*this);
  host_.wheel().wake_by(*this, due);
}

// Whose time runs depends on what waits. Without timeouts of its own for that it may only come to
// be longer, of which the wheel is told when it asks.
void Session::arm_after_fin() {
  const bool shorter =
      frontend_.config.client_fin_timeout || backend_.config.server_fin_timeout || failed_since_;
  if (shorter || !net::TimerWheel::is_scheduled(*this)) arm();
}

net::Tick Session::patience() const {
  return after(accepted_tick_, frontend_.config.client_timeout);
}

net::Tick Session::attempt_deadline() const {
  switch (phase_) {
    case Phase::kQueued:
      return after(phase_since_, backend_.config.queue_timeout);
    case Phase::kConnecting:
      return after(phase_since_, backend_.config.connect_timeout);
    default:
      return after(phase_since_, std::min(kMostPause, backend_.config.connect_timeout));
  }
}

// A side that has sent its FIN owes nothing but to take what is there for it, so its time runs only
// while something is. It must not cut short an answer that the other side is still working on.
conf::Milliseconds Session::client_limit() const {
  const conf::Frontend& config = frontend_.config;
  if (fin_to_server_ && !to_client_.pending()) return conf::kInfinite;
  return fin_to_client_ ? config.client_fin_timeout.value_or(config.client_timeout)
                        : config.client_timeout;
}

conf::Milliseconds Session::server_limit() const {
  const conf::Backend& config = backend_.config;
  if (fin_to_client_ && !to_server_.pending()) return conf::kInfinite;
  return fin_to_server_ ? config.server_fin_timeout.value_or(config.server_timeout)
                        : config.server_timeout;
}

conf::Milliseconds Session::linger_limit(const Endpoint& stays) const {
  const bool client = &stays == &client_;
  const auto fin =
      client ? frontend_.config.client_fin_timeout : backend_.config.server_fin_timeout;
  const auto own = client ? frontend_.config.client_timeout : backend_.config.server_timeout;
  return fin.value_or(std::min(own, kMostLinger));
}

net::Tick Session::tuning_due() const {
  return phase_ == Phase::kFlowing && !server_.tuned() ? connected_tick_ + kOfAge : net::kNever;
}

net::Tick Session::deadline() const {
  switch (phase_) {
    case Phase::kChoosing:
    case Phase::kOver:
      return net::kNever;
    case Phase::kHandshake:
      return after(accepted_tick_, frontend_.config.client_hs_timeout);
    case Phase::kQueued:
    case Phase::kConnecting:
    case Phase::kPausing:
      return std::min(attempt_deadline(), patience());
    case Phase::kFlowing: {
      if (!failed_since_)
        return std::min(after(last_byte_, std::min(client_limit(), server_limit())), report_due());
      const Endpoint& stays = client_lost() ? server_ : client_;
      return after(std::max(*failed_since_, last_byte_), linger_limit(stays));
    }
    case Phase::kResetting:
      return host_.now() + kDeliveryCheck;
    case Phase::kDiscarding:
    case Phase::kParting:
      return after(phase_since_, linger_limit(client_));
  }
  return net::kNever;
}

// When the next of the reports that `log: {at: [1h]}` asks for is to be written.
net::Tick Session::report_due() const {
  const auto every = static_cast<net::Tick>(frontend_.config.log.every.count());
  return every == 0 ? net::kNever : connected_tick_ + (reports_ + 1) * every;
}

// One report, even after a pause in which several would have been due.
void Session::report_progress() {
  while (host_.now() >= report_due()) ++reports_;
  host_.reached(*this, telemetry::Moment::kProgress);
}

void Session::on_due() {
  if (phase_ == Phase::kResetting) return check_delivery();
  const net::Tick now = host_.now();
  if (phase_ == Phase::kFlowing && now >= report_due()) report_progress();
  if (now >= tuning_due()) server_.tune();
  if (now >= of_age() && part_for_age()) return;
  if (now < deadline()) return arm();

  switch (phase_) {
    case Phase::kFlowing: {
      if (failed_since_) return give_up_delivery();
      const bool client_first = client_limit() <= server_limit();
      return finish({client_first ? Cause::kClientTimeout : Cause::kServerTimeout, Stage::kData});
    }
    case Phase::kParting:
      cut_upload();
      net::reset_on_close(client_.fd());
      return finish(reason_);
    case Phase::kDiscarding:
      return finish(reason_);
    case Phase::kHandshake:
      return fail_handshake(Cause::kClientTimeout,
                            "Timeout while waiting for PROXY protocol header");
    default:
      break;
  }
  // Before the server is blamed: after a pause of this process one turn does not tell of all that
  // has come meanwhile.
  if (phase_ == Phase::kConnecting && server_.look()) return;
  if (now >= patience() && patience() <= attempt_deadline())
    return finish({Cause::kClientTimeout, stage()});
  if (phase_ == Phase::kQueued) return finish({Cause::kServerTimeout, Stage::kQueue});
  if (phase_ == Phase::kPausing) {
    count_retry();
    connect();
  } else if (attempt_again(ETIMEDOUT)) {
    connect();
  }
}

}  // namespace lb::proxy
