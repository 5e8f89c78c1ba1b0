#include <sys/socket.h>

#include <cerrno>

#include "lb/net/opener.h"
#include "lb/proxy/server_drain.h"
#include "lb/proxy/session.h"

// How a session takes leave of its server.
namespace lb::proxy {
namespace {

using balancer::Grade;
using telemetry::Cause;
using telemetry::Stage;

// Neither bytes nor an end wait to be read.
bool is_silent(const Endpoint& endpoint) {
  char byte = 0;
  return !endpoint.broken() && recv(endpoint.fd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 &&
         (errno == EAGAIN || errno == EWOULDBLOCK);
}

}  // namespace

void Session::leave_server() {
  if (phase_ != Phase::kConnecting && phase_ != Phase::kPausing) return;
  ++at_->tally.moved;
  release_server();
  at_ = nullptr;
  server_name_ = {};
  chosen_tick_ = 0;
  phase_ = Phase::kChoosing;
  choose();
}

std::optional<balancer::Talk> Session::talk() const {
  const bool passing = scheduled_ || to_server_.pending() || to_client_.pending();
  if (passing || fin_to_server_ || fin_to_client_ || failed_since_) return std::nullopt;
  using Last = balancer::Talk::Last;
  const bool silent = to_server_.bytes() == 0 && to_client_.bytes() == 0;
  const Last spoke = client_spoke_last_ ? Last::kClient : Last::kServer;
  return balancer::Talk{.last = silent ? Last::kNobody : spoke, .since = last_byte_};
}

bool Session::part(Grade grade, Leave why) {
  if (phase_ != Phase::kFlowing) return false;
  const bool has_its_answer = grade == Grade::kQuiet || grade == Grade::kAnswered;
  if (has_its_answer && (!talk() || !is_silent(client_) || !is_silent(server_))) return false;
  leaves_for_ = why;
  reason_ = {Cause::kKilled, Stage::kNone};
  OnServer::enter(at_->parting);
  ++at_->parting_open;
  count_leave(grade, why);
  if (at_->drain) at_->drain->parted();
  sent_at_fin_ = to_server_.bytes() + to_server_.dropped();
  // A FIN would make a whole of what is cut in the middle.
  if (to_client_.pending() || (!has_its_answer && (scheduled_ || !is_silent(server_)))) {
    net::reset_on_close(client_.fd());
    finish(reason_);
    return true;
  }
  if (has_its_answer) to_server_.drop_rest(host_.mover());
  to_client_.drop_rest(host_.mover());
  pass_fin(client_, fin_to_client_);
  enter(Phase::kParting);
  run_parting();
  return true;
}

void Session::count_leave(Grade grade, Leave why) {
  const auto index = static_cast<std::size_t>(grade);
  if (why == Leave::kDrain) ++at_->tally.closed[index];
  telemetry::BackendCounters& backend = backend_.counters.of(host_.index());
  if (why == Leave::kRebalance) backend.rebalanced[index].add();
  if (why == Leave::kAge) backend.aged[index].add();
}

void Session::let_go() {
  cut_upload();
  to_server_.drop_rest(host_.mover());
  release_server();
}

// What the client still sends to a server that has not had its end.
void Session::cut_upload() {
  const bool goes_on = !to_server_.out_lost() && to_server_.state() != Flow::State::kEnded;
  if (goes_on && server_.is_open()) net::reset_on_close(server_.fd());
}

void Session::run_parting() {
  scheduled_ = false;
  Mover& mover = host_.mover();
  bool more = to_server_.pump(client_, server_, mover) == Flow::Turn::kMore;
  if (server_.is_open())
    more = to_client_.pump(server_, client_, mover) == Flow::Turn::kMore || more;
  if (to_server_.state() != Flow::State::kOpen) {
    cut_upload();
    return finish(reason_);
  }
  if (more) run_later();
}

void Session::tell_what_came_late() {
  const std::uint64_t late = to_server_.dropped() + to_server_.bytes() - sent_at_fin_;
  if (late == 0) return;
  ++at_->tally.raced;
  at_->tally.raced_bytes += late;
}

}  // namespace lb::proxy
