#include "lb/proxy/session.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "lb/net/opener.h"
#include "lb/proxy/deadline.h"

namespace lb::proxy {
namespace {

using std::chrono::milliseconds;
using telemetry::Cause;
using telemetry::CloseReason;
using telemetry::Stage;

milliseconds between(net::Tick from, net::Tick to) {
  return milliseconds(static_cast<std::int64_t>(to - from));
}

// Whether the peer's kernel has acknowledged every byte. A UNIX socket hands them over at once.
bool delivered(const Endpoint& endpoint) {
  int unacknowledged = 0;
  return ioctl(endpoint.fd(), SIOCOUTQ, &unacknowledged) != 0 || unacknowledged == 0;
}

bool is_tcp(int fd) {
  int domain = 0;
  socklen_t size = sizeof(domain);
  return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain != AF_UNIX;
}

}  // namespace

Session::Session(Host& host, Frontend& frontend, Arrival arrival, std::uint32_t slot,
                 std::uint32_t generation)
    : host_(host),
      frontend_(frontend),
      backend_(frontend.backend),
      client_(*this),
      server_(*this),
      to_server_(frontend.config.tcp.splice && backend_.config.tcp.splice),
      to_client_(frontend.config.tcp.splice && backend_.config.tcp.splice),
      entry_(arrival.expects_header ? Entry::kUndecided : Entry::kAdmitted),
      accepted_tick_(host.now()),
      phase_since_(accepted_tick_),
      accepted_(host.poller().wall()),
      id_(arrival.id),
      client_peer_(arrival.client),
      bind_(arrival.bind),
      slot_(slot),
      generation_(generation),
      arrived_(std::move(arrival.fd)) {}

void Session::start() {
  if (!client_.open(std::move(arrived_), host_.poller()).ok())
    return finish({Cause::kResource, Stage::kConnect});
  if (entry_ == Entry::kUndecided) return enter(Phase::kHandshake);
  choose_first();
}

// ---- flowing

void Session::on_endpoint(Endpoint& endpoint) {
  switch (phase_) {
    case Phase::kChoosing:
    case Phase::kOver:
      return;
    case Phase::kHandshake:
      return read_header();
    case Phase::kQueued:
    case Phase::kPausing:
      return watch_client();
    case Phase::kConnecting:
      return &endpoint == &client_ ? watch_client() : watch_connect();
    case Phase::kFlowing:
    case Phase::kDiscarding:
      if (scheduled_) return;
      if (to_server_.bulk() || to_client_.bulk()) return run_later();
      run();
      return;
    case Phase::kResetting:
      return check_delivery();
    case Phase::kParting:
      if (!scheduled_) run_parting();
      return;
  }
}

void Session::run_later() {
  scheduled_ = true;
  host_.run_later(*this);
}

void Session::run() {
  scheduled_ = false;
  if (phase_ != Phase::kFlowing) {
    if (phase_ == Phase::kParting) return run_parting();
    if (phase_ != Phase::kDiscarding) return;
  }

  Mover& mover = host_.mover();
  const std::uint64_t up = to_server_.bytes();
  const std::uint64_t down = to_client_.bytes();
  bool more = to_server_.pump(client_, server_, mover) == Flow::Turn::kMore;
  if (phase_ == Phase::kFlowing)
    more = to_client_.pump(server_, client_, mover) == Flow::Turn::kMore || more;
  // Where both have spoken, the client may still want an answer.
  if (to_server_.bytes() != up) {
    last_byte_ = host_.now();
    client_spoke_last_ = true;
  } else if (to_client_.bytes() != down) {
    last_byte_ = host_.now();
    client_spoke_last_ = false;
  }
  if (asked_ != 0 && look_closer(up, down, more)) return;

  // Nothing has ended and nobody is lost, as nearly always.
  const bool calm = to_server_.state() == Flow::State::kOpen &&
                    to_client_.state() == Flow::State::kOpen && !client_lost() && !server_lost();
  if (calm && !more) return;
  settle();
  if (phase_ == Phase::kOver) return;
  note_losses();
  if (fin_to_server_ || fin_to_client_) arm_after_fin();
  if (more) run_later();
}

bool Session::client_lost() const {
  return client_.failed || client_.reset || to_client_.out_lost();
}

bool Session::server_lost() const {
  return server_.failed || server_.reset || to_server_.out_lost();
}

// From the first sign that a side is lost, what is still to be delivered to the other has a limit.
void Session::note_losses() {
  if (phase_ != Phase::kFlowing || failed_since_ || (!client_lost() && !server_lost())) return;
  failed_since_ = host_.now();
  arm();
}

// The other side takes what came before the loss too slowly; a plain close would make a good end of
// it.
void Session::give_up_delivery() {
  net::reset_on_close(client_lost() ? server_.fd() : client_.fd());
  finish({client_lost() ? Cause::kClientAbort : Cause::kServerAbort, Stage::kData});
}

// Draws the consequence of how far the two flows have come.
void Session::settle() {
  using State = Flow::State;
  const bool up_ended = to_server_.state() == State::kEnded;
  const bool down_ended = to_client_.state() == State::kEnded;

  if (phase_ == Phase::kDiscarding) {
    if (to_server_.state() != State::kOpen) finish(reason_);
    return;
  }
  if (up_ended && down_ended) {
    if (to_client_.out_lost()) return finish({Cause::kClientAbort, Stage::kData});
    if (to_server_.out_lost()) return finish({Cause::kServerAbort, Stage::kData});
    return finish({});
  }
  if (to_server_.state() == State::kLost || (to_client_.out_lost() && up_ended)) {
    reason_ = {Cause::kClientAbort, Stage::kData};
    return reset_after_delivery(server_, client_);
  }
  if (to_client_.state() == State::kLost) {
    reason_ = {Cause::kServerAbort, Stage::kData};
    return reset_after_delivery(client_, server_);
  }
  // A side may also be reset after its FIN, with nothing left to read that would tell.
  if (up_ended && client_.failed) {
    reason_ = {Cause::kClientAbort, Stage::kData};
    return reset_after_delivery(server_, client_);
  }
  if (up_ended) pass_fin(server_, fin_to_server_);
  if (down_ended && !fin_to_client_) {
    sent_at_fin_ = to_server_.bytes();
    server_ended_first_ = !up_ended;
  }
  if (down_ended) pass_fin(client_, fin_to_client_);
  if (down_ended && (to_server_.out_lost() || server_.failed)) lose_server_after_its_fin();
}

// The server has answered and closed. If bytes of the client, or our header, met it closed, that
// alone made it reset: resetting the client as well could cost it its answer, so its bytes are
// dropped until it is done.
void Session::lose_server_after_its_fin() {
  reason_ = {Cause::kServerAbort, Stage::kData};
  const bool met_nothing = to_server_.bytes() == sent_at_fin_ && !introduced_;
  if (!to_server_.out_lost() && met_nothing) return reset_after_delivery(client_, server_);
  release_server();
  to_server_.drop_rest(host_.mover());
  enter(Phase::kDiscarding);
}

void Session::pass_fin(Endpoint& to, bool& passed) {
  if (std::exchange(passed, true)) return;
  shutdown(to.fd(), SHUT_WR);
}

void Session::reset_after_delivery(Endpoint& stays, Endpoint& gone) {
  gone.close();
  if (&gone == &server_) release_server();
  if (!is_tcp(stays.fd())) return finish(reason_);
  enter(Phase::kResetting);
  check_delivery();
}

void Session::check_delivery() {
  const Endpoint& stays = client_.is_open() ? client_ : server_;
  const bool too_long = host_.now() >= after(phase_since_, linger_limit(stays));
  if (!stays.failed && !too_long && !delivered(stays)) return arm();
  net::reset_on_close(stays.fd());
  finish(reason_);
}

// ---- ending

void Session::release_server() {
  server_.close();
  if (!lease_) return;
  if ((asked_ & kFirstByte) != 0) report_end();
  OnServer::leave();
  --at_->open;
  if (leaves_for_ != Leave::kNone) --at_->parting_open;
  left_ = lease_.end();
}

void Session::finish(CloseReason reason) {
  if (phase_ == Phase::kOver) return;
  if (phase_ == Phase::kQueued)
    place_ = backend_.choice.leave(ticket_).value_or(balancer::QueuePlace{});
  if (chosen_tick_ == 0) left_.backend = backend_.choice.sessions();
  reason_ = reason;
  over_tick_ = host_.now();
  client_spoke_ = client_has_spoken();
  phase_ = Phase::kOver;
  net::TimerWheel::cancel(*this);
  to_server_.stop(host_.mover());
  to_client_.stop(host_.mover());
  client_.close();
  if (leaves_for_ == Leave::kDrain) tell_what_came_late();
  release_server();
  host_.retire(*this);
}

// A session that never got a server has read nothing. Only who leaves silent clients out wants to
// know, so only then the kernel is asked.
bool Session::client_has_spoken() const {
  if (to_server_.bytes() != 0 || !frontend_.config.log.dontlognull) return true;
  int unread = 0;
  return client_.is_open() && ioctl(client_.fd(), FIONREAD, &unread) == 0 && unread > 0;
}

// HAProxy tells no stage of a session that was at work.
void Session::shut(Cause why) {
  if (phase_ == Phase::kResetting)
    net::reset_on_close(client_.is_open() ? client_.fd() : server_.fd());
  if (phase_ == Phase::kResetting || phase_ == Phase::kDiscarding || phase_ == Phase::kParting)
    return finish(reason_);
  finish({why, phase_ == Phase::kFlowing ? Stage::kNone : stage()});
}

Stage Session::stage() const {
  switch (phase_) {
    case Phase::kHandshake:
      return Stage::kRequest;
    case Phase::kQueued:
      return Stage::kQueue;
    case Phase::kChoosing:
    case Phase::kConnecting:
    case Phase::kPausing:
      return Stage::kConnect;
    default:
      return Stage::kData;
  }
}

telemetry::SessionRecord Session::record() const {
  telemetry::SessionRecord record;
  record.id = id_;
  record.accepted = accepted_;
  record.client = client_peer_;
  record.frontend = frontend_.config.name;
  record.bind_id = frontend_.bind_id(*bind_);
  record.bind = frontend_.bind_name(record.bind_id);
  if (entry_ == Entry::kAdmitted) record.backend = backend_.config.name;
  record.server = server_name_;
  const net::Tick end = phase_ == Phase::kOver ? over_tick_ : host_.now();
  const net::Tick chosen = chosen_tick_ != 0 ? chosen_tick_ : end;
  if (chosen_tick_ != 0 || waited_) record.queue_time = between(accepted_tick_, chosen);
  if (connected_tick_ != 0) record.connect_time = between(chosen_tick_, connected_tick_);
  record.total_time = between(accepted_tick_, end);
  record.client_spoke = phase_ == Phase::kOver ? client_spoke_ : client_has_spoken();
  record.bytes_to_server = to_server_.bytes();
  record.bytes_to_client = to_client_.bytes();
  record.reason = reason_;
  if (handshake_error_ != nullptr) record.handshake_error = handshake_error_;
  record.process_sessions = host_.process_sessions();
  record.frontend_sessions = frontend_.limit.taken();
  const balancer::Counts open = lease_ ? lease_.open() : left_;
  record.backend_sessions = open.backend;
  record.server_sessions = open.server;
  record.retries = retries_;
  record.redispatched = redispatched_;
  (place_.at_server ? record.server_queue : record.backend_queue) = place_.place;
  return record;
}

}  // namespace lb::proxy
