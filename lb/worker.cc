#include "lb/worker.h"

#include <fmt/format.h>
#include <pthread.h>

#include <cassert>
#include <utility>

#include "lb/net/opener.h"
#include "lb/telemetry/log_rules.h"

namespace lb {
namespace {

constexpr std::size_t kScratch = std::size_t{64} * 1024;           // bytes one recv() takes at most
constexpr std::uint64_t kBulkPerTurn = std::uint64_t{512} * 1024;  // bytes
constexpr net::Tick kTellAgain = 60'000;  // ms between two lines about one shortage

}  // namespace

Worker::Worker(Shared& shared, std::uint32_t index, net::PipePool pipes, telemetry::LogChannel& log)
    : Host(poller_, wheel_, mover_, index),
      shared_(shared),
      log_(log),
      mailbox_(loop_),
      poller_(loop_),
      wheel_(poller_.now()),
      pipes_(std::move(pipes)),
      scratch_(kScratch),
      mover_{.scratch = scratch_, .pipes = pipes_} {}

Worker::~Worker() { assert(!thread_.joinable()); }

net::Status Worker::listen(proxy::Frontend& frontend, const conf::Bind& bind, net::Fd fd) {
  proxy::ListenerOwner& owner = *this;
  auto listener =
      std::make_unique<proxy::Listener>(owner, frontend, bind, std::move(fd), poller_, wheel_);
  if (auto started = listener->start(); !started.ok()) return started;
  listeners_.push_back(std::move(listener));
  ++open_listeners_;
  return {};
}

void Worker::start() {
  const net::SignalsBlocked blocked;
  thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), fmt::format("worker/{}", index()).c_str());
    run();
  });
}

void Worker::run() {
  loop_.move_here();
  while (!quitting_) {
    poller_.turn(scheduled_.empty() ? wheel_.next() : now());
    wheel_.advance(now());
    if (!scheduled_.empty()) run_scheduled();
    end_turn();
  }
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::quit() {
  loop_.assert_here();
  quitting_ = true;
}

WorkerTotals Worker::totals() const {
  WorkerTotals totals = totals_;
  totals.bytes_copied = mover_.bytes_copied;
  totals.bytes_spliced = mover_.bytes_spliced;
  return totals;
}

WorkerHeld Worker::held() const {
  return {.sessions = open_sessions_ + retired_.size(),
          .timers = wheel_.scheduled(),
          .pipes = pipes_.lent()};
}

// ---- accepting

// The limits remember workers, not listeners: a slot that one listener gets takes this worker off
// the list, while another of its listeners may still wait. So that one tries again, and is
// remembered again if need be.
bool Worker::reserve(proxy::Frontend& frontend) {
  if (!shared_.sessions.take(index())) {
    listeners_wait_ = true;
    return false;
  }
  if (!frontend.limit.take(index())) {
    listeners_wait_ = true;
    release(shared_.sessions);
    return false;
  }
  if (std::exchange(listeners_wait_, false)) shared_.resume(index());
  return true;
}

void Worker::unreserve(proxy::Frontend& frontend) {
  release(frontend.limit);
  release(shared_.sessions);
}

void Worker::release(balancer::Limit& limit) {
  if (const auto waiting = limit.release()) shared_.resume(*waiting);
}

void Worker::resume_accepting() {
  loop_.assert_here();
  for (const auto& listener : listeners_) listener->resume();
}

void Worker::accepted(const proxy::Listener& listener, net::Fd fd,
                      const net::SocketAddress& client) {
  proxy::Frontend& frontend = listener.frontend();
  const net::Peer peer = client.peer();
  const bool expects_header = frontend.expects_header(listener.bind(), peer);
  if (!expects_header && !frontend.enter(peer)) {
    ++totals_.refused;
    net::reset_on_close(fd.get());
    return unreserve(frontend);
  }
  ++totals_.sessions;
  ++open_sessions_;
  const std::uint32_t slot = free_slot();
  proxy::Host& host = *this;
  slots_[slot].session = std::make_unique<proxy::Session>(
      host, frontend,
      proxy::Arrival{.fd = std::move(fd),
                     .client = peer,
                     .bind = &listener.bind(),
                     .id = totals_.sessions * shared_.workers + index(),
                     .expects_header = expects_header},
      slot, slots_[slot].generation);
  slots_[slot].session->start();
}

std::uint32_t Worker::free_slot() {
  if (free_slots_.empty()) {
    slots_.emplace_back();
    return static_cast<std::uint32_t>(slots_.size() - 1);
  }
  const std::uint32_t slot = free_slots_.back();
  free_slots_.pop_back();
  return slot;
}

void Worker::exhausted(const proxy::Listener& listener, net::Status why) {
  ++totals_.exhausted;
  if (told_exhausted_ && now() - *told_exhausted_ < kTellAgain) return;
  told_exhausted_ = now();
  log_.note(
      telemetry::Level::kWarning,
      fmt::format("frontend {}: accepting pauses until there is room again: {} (global.maxconn "
                  "is {}, {} sessions are open)",
                  listener.frontend().config.name, why.message(), shared_.sessions.max(),
                  shared_.sessions.taken()));
}

void Worker::closed(proxy::Listener&) {
  --open_listeners_;
  tell_when_idle();
}

// ---- sessions

void Worker::granted(balancer::Grant grant) {
  loop_.assert_here();
  if (proxy::Session* session = find(grant.to.slot, grant.to.generation))
    session->granted(std::move(grant.lease), grant.place);
}

// Null when that session is over.
proxy::Session* Worker::find(std::uint32_t slot, std::uint32_t generation) const {
  return slots_[slot].generation == generation ? slots_[slot].session.get() : nullptr;
}

void Worker::run_later(proxy::Session& session) {
  scheduled_.push_back({.slot = session.slot(), .generation = slots_[session.slot()].generation});
}

// Bulk takes what a turn leaves for it, in turns of its own, however many sessions want it: so the
// others wait for a bounded time.
void Worker::run_scheduled() {
  const std::uint64_t enough = mover_.bytes() + kBulkPerTurn;
  for (std::size_t left = scheduled_.size(); left > 0 && mover_.bytes() < enough; --left) {
    const Scheduled next = scheduled_.front();
    scheduled_.pop_front();
    if (proxy::Session* session = find(next.slot, next.generation)) session->run();
  }
}

void Worker::reached(proxy::Session& session, telemetry::Moment moment) {
  const conf::SessionLog& asked = session.frontend().config.log;
  if (!telemetry::asks_for(asked, moment)) return;
  telemetry::SessionRecord record = session.record();
  record.moment = moment;
  const auto verdict = telemetry::judge(asked, record);
  if (!verdict) return;
  record.level = verdict->level;
  record.partial = verdict->partial;
  log_.write(record);
}

void Worker::retire(proxy::Session& session) {
  using Entry = proxy::Session::Entry;
  proxy::Frontend& frontend = session.frontend();
  switch (session.entry()) {
    case Entry::kAdmitted:
      frontend.left(session.client());
      reached(session, telemetry::Moment::kEnd);
      break;
    case Entry::kUndecided:
      ++totals_.handshakes_failed;
      reached(session, telemetry::Moment::kEnd);
      break;
    case Entry::kRefused:
      ++totals_.refused;
      break;
  }
  const std::uint32_t slot = session.slot();
  retired_.push_back(std::move(slots_[slot].session));
  ++slots_[slot].generation;
  free_slots_.push_back(slot);
  --open_sessions_;
  unreserve(frontend);
  tell_when_idle();
}

// ---- the turn

void Worker::end_turn() {
  ++totals_.turns;
  retired_.clear();
  log_.flush();
}

// ---- stopping

void Worker::drain() {
  loop_.assert_here();
  stopping_ = true;
  for (const auto& listener : listeners_) listener->stop();
  tell_when_idle();
}

void Worker::cut() {
  loop_.assert_here();
  stopping_ = true;
  for (const auto& listener : listeners_) listener->close();
  open_listeners_ = 0;
  for (std::size_t slot = 0; slot < slots_.size(); ++slot)
    if (slots_[slot].session) slots_[slot].session->cut();
  tell_when_idle();
}

void Worker::tell_when_idle() {
  if (!stopping_ || told_idle_ || open_listeners_ != 0 || open_sessions_ != 0) return;
  told_idle_ = true;
  shared_.idle();
}

}  // namespace lb
