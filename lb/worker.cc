#include "lb/worker.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>
#include <cassert>
#include <utility>

#include "lb/net/opener.h"
#include "lb/telemetry/log_rules.h"

namespace lb {
namespace {

constexpr std::size_t kScratch = std::size_t{64} * 1024;           // bytes one recv() takes at most
constexpr std::uint64_t kBulkPerTurn = std::uint64_t{512} * 1024;  // bytes
constexpr std::size_t kSeenPerTurn = 512;                          // of a walk; some 30 us
constexpr std::size_t kShutPerMs = 2;  // sessions; each takes some 30 us, system calls above all

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
      mover_{.scratch = scratch_, .pipes = pipes_},
      checks_(poller_, wheel_) {}

Worker::~Worker() { assert(!thread_.joinable()); }

void Worker::attend(proxy::Backend& backend) {
  assert(backend.index == servers_.size());
  backends_.push_back(&backend);
  servers_.emplace_back();
  for (const balancer::ServerId id : backend.servers.all())
    welcome({.backend = &backend, .server = id});
}

void Worker::welcome(const check::Place& server) {
  auto& servers = servers_[server.backend->index];
  if (server.server >= servers.size()) servers.resize(server.server + 1);
  servers[server.server] = std::make_unique<proxy::AtServer>(server.at_work(), index());
}

void Worker::dismiss(const check::Place& server) {
  loop_.assert_here();
  servers_[server.backend->index][server.server].reset();
}

void Worker::move(const check::Place& server, const proxy::Whereabouts& where) {
  if (where.address) at(*server.backend, server.server).move(*where.address);
  checks_.move(server, where);
}

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
  poller_.poll_before_blocking(shared_.busy_poll);
  checks_.start();
  while (!quitting_) {
    poller_.turn(due());
    wheel_.advance(now());
    if (has_more_) do_more();
    end_turn();
  }
}

void Worker::join() {
  if (thread_.joinable()) thread_.join();
}

void Worker::quit() {
  loop_.assert_here();
  checks_.stop();
  for (auto& backend : servers_)
    for (const auto& server : backend)
      if (server) server->drain.reset();
  quitting_ = true;
}

WorkerTotals Worker::totals() const {
  WorkerTotals totals = totals_;
  totals.bytes_copied = mover_.bytes_copied;
  totals.bytes_spliced = mover_.bytes_spliced;
  return totals;
}

WorkerStock Worker::stock() const {
  return {.sessions = open_sessions_,
          .places = slots_.size(),
          .place_size = sizeof(Slot),
          .scratch_size = scratch_.size(),
          .pipes_free = pipes_.free(),
          .pipes_lent = pipes_.lent()};
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
  for (const auto& listener : listeners_) {
    listener->resume();
    if (!listener->has_use_for_slot()) pass_on(listener->frontend());
  }
}

// A slot that woke this worker is of no use to a listener that waits for a rate, or that an
// operator has closed since it asked for one: the next worker that waits for one is woken.
void Worker::pass_on(proxy::Frontend& frontend) {
  if (!shared_.sessions.take(index())) return;
  if (frontend.limit.take(index())) release(frontend.limit);
  release(shared_.sessions);
}

void Worker::set_disabled(const proxy::Frontend& frontend, bool disabled) {
  loop_.assert_here();
  for (const auto& listener : listeners_) {
    if (&listener->frontend() != &frontend) continue;
    disabled ? listener->disable() : listener->enable();
  }
}

void Worker::stop_listening(const proxy::Frontend& frontend) {
  loop_.assert_here();
  for (const auto& listener : listeners_)
    if (&listener->frontend() == &frontend) listener->stop();
}

void Worker::retry_too_fast() {
  loop_.assert_here();
  for (const auto& listener : listeners_) listener->rate_changed();
}

void Worker::accepted(const proxy::Listener& listener, net::Fd fd,
                      const net::SocketAddress& client) {
  proxy::Frontend& frontend = listener.frontend();
  const net::Peer peer = client.peer();
  const bool expects_header = frontend.expects_header(listener.bind(), peer);
  telemetry::FrontendCounters& counters = frontend.counters.of(index());
  counters.connections.add();
  frontend.connections.count(now());
  shared_.connections.count(now());
  frontend.limit.use();
  if (!expects_header && !frontend.enter(peer, now())) {
    ++totals_.refused;
    counters.denied_connections.add();
    net::reset_on_close(fd.get());
    if (!listener.stopping()) frontend.give_back_session();
    return unreserve(frontend);
  }
  if (!expects_header) counters.sessions.add();
  ++totals_.sessions;
  ++open_sessions_;
  const std::uint32_t index = free_slot();
  Slot& slot = slots_[index];
  proxy::Host& host = *this;
  slot.session.emplace(host, frontend,
                       proxy::Arrival{.fd = std::move(fd),
                                      .client = peer,
                                      .bind = &listener.bind(),
                                      .id = totals_.sessions * shared_.workers + this->index(),
                                      .expects_header = expects_header},
                       index, slot.generation);
  slot.session->start();
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

void Worker::too_fast(const proxy::Listener& listener) {
  if (!told_too_fast_.is_time(now())) return;
  const proxy::Frontend& frontend = listener.frontend();
  const bool own = frontend.rate.reached(now());
  log_.note(telemetry::Level::kWarning,
            fmt::format("frontend {}: more clients come than {} lets in; the others wait",
                        frontend.config.name,
                        own ? fmt::format("rate_limit ({} a second)", frontend.rate.rate())
                            : "the rate limit of the process"));
}

void Worker::exhausted(const proxy::Listener& listener, net::Status why) {
  ++totals_.exhausted;
  if (!told_exhausted_.is_time(now())) return;
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
    session->granted(std::move(grant.lease), grant.from);
}

// Null when that session is over.
proxy::Session* Worker::find(std::uint32_t slot, std::uint32_t generation) {
  return slots_[slot].generation == generation ? &*slots_[slot].session : nullptr;
}

void Worker::run_later(proxy::Session& session) {
  has_more_ = true;
  scheduled_.push_back({.slot = session.slot(), .generation = slots_[session.slot()].generation});
}

// When the next turn begins though nothing has happened.
net::Tick Worker::due() const {
  if (!has_more_) return wheel_.next();
  return scheduled_.empty() ? std::min(evictions_.due(), wheel_.next()) : now();
}

void Worker::do_more() {
  run_scheduled();
  evictions_.shut_some(now(), kShutPerMs, [](proxy::OnServer& session, telemetry::Cause why) {
    static_cast<proxy::Session&>(session).shut(why);
  });
  has_more_ = !scheduled_.empty() || !evictions_.empty();
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

void Worker::settle(std::function<void(Heard)> then) {
  walk([](proxy::Session& session) { session.count_bytes(); },
       [this, then = std::move(then)] {
         const auto heard = std::make_shared<Heard>();
         walk_on(std::make_shared<Walk>(
             [this] { return checks_.size(); },
             [this, heard](std::size_t check) { heard->push_back(checks_.heard(check)); },
             [heard, then] { then(std::move(*heard)); }));
       });
}

void Worker::forget_times(bool all) {
  const auto forget = [all](telemetry::SessionTimes& times) {
    all ? times.forget() : times.forget_most();
  };
  for (const auto& servers : servers_)
    for (const auto& at : servers)
      if (at) forget(at->counters.times);
}

void Worker::forget_times(const check::Place& server) {
  // It may have left meanwhile.
  if (const auto& at = servers_[server.backend->index][server.server]) at->counters.times.forget();
}

void Worker::crossed(proxy::Backend& backend, balancer::ServerId server,
                     balancer::Crossing crossing) {
  shared_.crossed({.backend = &backend, .server = server}, crossing);
}

void Worker::over_budget(const proxy::Backend& backend) {
  ++totals_.over_budget;
  if (!told_over_budget_.is_time(now())) return;
  log_.note(telemetry::Level::kWarning,
            fmt::format("backend {}: retries are given up, retry_budget {}% is spent",
                        backend.config.name, backend.config.retry_budget));
}

void Worker::shut(const check::Place& server, telemetry::Cause why) {
  loop_.assert_here();
  proxy::AtServer& there = at(*server.backend, server.server);
  evictions_.add(there.sessions, why);
  evictions_.add(there.parting, why);
  has_more_ = true;
}

void Worker::walk(std::function<void(proxy::Session&)> look, std::function<void()> then) {
  loop_.assert_here();
  walk_on(std::make_shared<Walk>([this] { return slots_.size(); },
                                 [this, look = std::move(look)](std::size_t slot) {
                                   if (auto& session = slots_[slot].session) look(*session);
                                 },
                                 std::move(then)));
}

void Worker::walk_on(const std::shared_ptr<Walk>& walk) {
  const std::size_t stop = std::min(walk->next + kSeenPerTurn, walk->size());
  for (; walk->next < stop; ++walk->next) walk->look(walk->next);
  if (walk->next >= walk->size()) return walk->then();
  post([this, walk] { walk_on(walk); });
}

void Worker::reached(proxy::Session& session, telemetry::Moment moment) {
  const conf::SessionLog& asked = session.frontend().config.log;
  if (!log_.heard() || !telemetry::asks_for(asked, moment)) return;
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
  session.count_end();
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
  retired_.push_back(slot);
  ++slots_[slot].generation;
  --open_sessions_;
  unreserve(frontend);
  tell_when_idle();
}

// ---- the turn

void Worker::end_turn() {
  ++totals_.turns;
  for (const std::uint32_t slot : retired_) {
    slots_[slot].session.reset();
    free_slots_.push_back(slot);
  }
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
  for (Slot& slot : slots_)
    if (slot.session) slot.session->shut(telemetry::Cause::kKilled);
  tell_when_idle();
}

void Worker::tell_when_idle() {
  if (!stopping_ || told_idle_ || open_listeners_ != 0 || open_sessions_ != 0) return;
  told_idle_ = true;
  shared_.idle();
}

}  // namespace lb
