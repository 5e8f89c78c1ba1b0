#include <sys/socket.h>

#include <cerrno>
#include <utility>
#include <variant>

#include "lb/net/opener.h"
#include "lb/proxy/client_key.h"
#include "lb/proxy/dial.h"
#include "lb/proxy/server_drain.h"
#include "lb/proxy/session.h"

// How a session gets its server: the choice, the wait for a slot, the attempts to connect.
namespace lb::proxy {
namespace {

using telemetry::Cause;
using telemetry::Stage;

// A dead peer is to be found sooner than this: then its socket's options cannot come late.
constexpr conf::Milliseconds kLateUserTimeout = std::chrono::seconds{30};

}  // namespace

void Session::choose_first() {
  backend_.counters.of(host_.index()).sessions.add();
  choose();
}

void Session::choose() {
  balancer::Choice choice = backend_.choice.pick(key().bytes(), waiter(), host_.now());
  if (auto* lease = std::get_if<balancer::Lease>(&choice)) {
    hold(std::move(*lease));
    at_->counters.chosen.add();
    return connect();
  }
  if (const auto* wait = std::get_if<balancer::Wait>(&choice)) {
    waited_ = true;
    ticket_ = wait->ticket;
    if (wait->at) {
      const AtServer& at = host_.at(backend_, *wait->at);
      at.counters.chosen.add();
      server_name_ = at.name;
    }
    return enter(Phase::kQueued);
  }
  if (const auto* overflow = std::get_if<balancer::Overflow>(&choice)) {
    const AtServer& at = host_.at(backend_, overflow->at);
    at.counters.chosen.add();
    server_name_ = at.name;
    return finish({Cause::kServerAbort, Stage::kQueue});
  }
  finish({Cause::kServerAbort, Stage::kConnect});
}

// Where the client connected to is asked of the kernel only when the hash goes by it.
ClientKey Session::key() const {
  const conf::Balance& balance = backend_.config.balance;
  const bool whole = balance.key.destination || balance.key.destination_port;
  return {balance, client_peer_, whole ? destination() : net::Peer{}};
}

void Session::granted(balancer::Lease lease, balancer::QueuePlace from) {
  if (phase_ != Phase::kQueued) return;
  place_ = from;
  // The slot may have been granted just before its server took leave.
  if (host_.at(backend_, lease.server()).leaving) return choose();
  hold(std::move(lease));
  connect();
}

void Session::hold(balancer::Lease lease) {
  lease_ = std::move(lease);
  if (at_ != nullptr) --at_->open;
  at_ = &host_.at(backend_, lease_.server());
  ++at_->open;
  OnServer::enter(at_->sessions);
}

// ---- connecting

void Session::connect() {
  for (;;) {
    chosen_tick_ = host_.now();
    at_->counters.connects.add();
    if (backend_.choice.asks()) asked_at_ = std::chrono::steady_clock::now();
    server_name_ = at_->name;
    const net::SocketAddress& target = at_->target;
    const conf::Tcp* options = target.family() == AF_UNIX ? nullptr : &backend_.config.tcp;
    auto dialled = dial(target, backend_.source_for(target));
    net::Status opened;
    if (dialled) opened = server_.open(std::move(dialled->fd), host_.poller(), options);
    if (dialled && opened.ok()) {
      at_->counters.sessions.add();
      if (backend_.config.tcp.user_timeout < kLateUserTimeout) server_.tune();
      enter(Phase::kConnecting);
      if (dialled->connected) connected();
      return;
    }
    if (!attempt_again(dialled ? opened.error() : dialled.error().error())) return;
  }
}

// After a failed attempt: true, connect now; false, the session pauses or has ended.
bool Session::attempt_again(int error) {
  server_.close();
  const bool ours = our_fault(error);
  if (!ours && backend_.choice.watches()) report(balancer::Outcome::kFailed);
  if (!ours && backend_.choice.measures()) backend_.choice.refused(lease_.server(), host_.now());
  bool more = retries_ < backend_.config.retries;
  if (more && !ours && !backend_.choice.may_retry(host_.now())) {
    host_.over_budget(backend_);
    more = false;
  }
  if (!more) {
    at_->counters.failed_connects.add();
    const Cause theirs = error == ETIMEDOUT ? Cause::kServerTimeout : Cause::kServerAbort;
    finish({ours ? Cause::kResource : theirs, Stage::kConnect});
    return false;
  }
  ++retries_;
  if (!ours) {
    if (auto other =
            backend_.choice.pick_other(key().bytes(), lease_.server(), retries_, host_.now())) {
      at_->counters.redispatches.add();
      hold(std::move(other));
      at_->counters.chosen.add();
      redispatched_ = true;
      return true;
    }
    if (error == ETIMEDOUT) {  // the time has been spent already
      count_retry();
      return true;
    }
  }
  enter(Phase::kPausing);
  return false;
}

void Session::connected() {
  connected_tick_ = last_byte_ = host_.now();
  if (backend_.choice.asks()) tell_of_connect();
  enter(Phase::kFlowing);
  host_.reached(*this, telemetry::Moment::kStart);
  introduce_client();
  run();
}

void Session::tell_of_connect() {
  if (backend_.choice.measures()) measure();
  if (backend_.choice.times_connects()) backend_.choice.connected(lease_.server(), waited());
  if (backend_.choice.measures() || backend_.choice.watches()) asked_ |= kFirstByte;
}

// Whether the session has been closed.
bool Session::look_closer(std::uint64_t up, std::uint64_t down, bool more) {
  if ((asked_ & kFirstByte) != 0) look_for_first_byte(up);
  if ((asked_ & kAnswers) == 0 || more || !flowing()) return false;
  const bool answered = to_client_.bytes() != down && to_server_.bytes() == up;
  if (!answered) return false;
  if (at_->drain != nullptr && at_->drain->takes_answered())
    return part(balancer::Grade::kAnswered, at_->drain->why());
  return host_.now() >= of_age() && worst_for_age() != balancer::Grade::kQuiet &&
         part(balancer::Grade::kAnswered, Leave::kAge);
}

// How long the server takes for its first byte, from the client's last one before it on: a client
// that takes its time with its question does not make the server slow.
void Session::look_for_first_byte(std::uint64_t up) {
  if (to_client_.bytes() == 0) {
    if (to_server_.bytes() != up) asked_at_ = std::chrono::steady_clock::now();
    return;
  }
  asked_ &= static_cast<std::uint8_t>(~kFirstByte);
  if (!lease_) return;
  if (backend_.choice.measures()) measure();
  if (backend_.choice.watches()) report(balancer::Outcome::kServed);
}

// Nothing came from the server. Its reset says that it does badly, that it waited for the client's
// end that it does well; one that has closed by itself, without a word, is neither.
void Session::report_end() {
  asked_ &= static_cast<std::uint8_t>(~kFirstByte);
  if (!backend_.choice.watches()) return;
  if (reason_.cause == Cause::kServerAbort) report(balancer::Outcome::kFailed);
  if (reason_.cause == Cause::kNone && fin_to_server_ && !server_ended_first_)
    report(balancer::Outcome::kServed);
}

// The server has answered what it was asked at `asked_at_`.
void Session::measure() { backend_.choice.answered(lease_.server(), waited(), host_.now()); }

std::chrono::microseconds Session::waited() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               asked_at_);
}

// What becomes of the server for it is decided elsewhere.
void Session::report(balancer::Outcome outcome) {
  const balancer::Crossing crossing = backend_.choice.report(lease_, outcome);
  if (crossing != balancer::Crossing::kNone) host_.crossed(backend_, lease_.server(), crossing);
}

// A client may leave while it waits. Its FIN after some bytes is a half-close, and is served; so is
// a UNIX client that has closed after them.
void Session::watch_client() {
  // HAProxy calls a reset CD wherever it comes.
  if (client_.failed) return finish({Cause::kClientAbort, Stage::kData});
  if (!client_.fin_told && !client_.hung_up) return;
  char byte = 0;
  if (backend_.config.abort_on_close || recv(client_.fd(), &byte, 1, MSG_PEEK) <= 0)
    finish({Cause::kClientAbort, stage()});
}

void Session::watch_connect() {
  if (!server_.failed && !server_.hung_up) {
    if (server_.writable) connected();
    return;
  }
  // The server took the connection and reset it, or had sent its FIN before that (EPIPE): no failed
  // connect, but a session with an end in it.
  const int error = connect_error(server_.fd());
  const bool taken = error == 0 || error == ECONNRESET || error == EPIPE;
  server_.reset = taken && error != EPIPE;
  if (taken) return connected();
  if (attempt_again(error)) connect();
}

}  // namespace lb::proxy
