#include "balancer/backend.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "balancer/redispatch.h"
#include "conf/algorithm.h"

namespace balancer {

ServerId Lease::server() const {
  assert(backend_ != nullptr);
  return server_;
}

Counts Lease::open() const { return backend_ != nullptr ? backend_->open(server_) : Counts{}; }

Counts Lease::end() {
  Backend* backend = std::exchange(backend_, nullptr);
  return backend != nullptr ? backend->release(server_, is_trial_) : Counts{};
}

Backend::Backend(const conf::Backend& config, Waker& waker, Tick now)
    : config_(config),
      waker_(waker),
      chooser_(config),
      tiers_(config.all_backups),
      queue_(static_cast<std::uint32_t>(config.servers.size()) + 1),
      budget_(config.retry_budget),
      held_(ByLoad{&servers_}),
      static_(conf::is_static(config.balance)),
      graded_(chooser_.graded()),
      now_(now),
      step_(now) {
  asks_ = measures() || times_connects();
  for (const conf::Server& server : config.servers) {
    const Facts facts = facts_of(server);
    const auto id = static_cast<ServerId>(servers_.size());
    servers_.push_back(make(server, facts, now));
    note_wishes(server);
    if (!usable(facts)) continue;
    tiers_.enter(id, facts.backup);
    if (server.slow_start_at_start) start_slowly(id);
  }
  held_.reserve(servers_.size());
  for (ServerId id = 0; id < servers_.size(); ++id) inform(id);
  changed_.clear();
  history_.changed = now;
  chooser_.build(mutex_);
}

Backend::Server Backend::make(const conf::Server& server, const Facts& facts, Tick now) {
  return {.maxconn = server.maxconn,
          .minconn = server.minconn,
          .maxqueue = server.maxqueue,
          .rate = {},
          .start = SlowStart(static_cast<Tick>(server.slow_start.count())),
          .error_limit = server.observe ? server.observe->error_limit : 0,
          .connecting = std::nullopt,
          .facts = facts,
          .history = {.changed = now}};
}

void Backend::note_wishes(const conf::Server& server) {
  if (!server.observe) return;
  watches_ = true;
  asks_ = true;
}

Backend::~Backend() { assert(open_ == 0); }

// ---- sessions

Choice Backend::pick(Key key, Waiter who, Tick now) {
  Grants grants;
  Choice choice = None{};
  {
    const std::lock_guard lock(mutex_);
    now_ = std::max(now_, now);
    rate_.count_alone(now_);
    most_sessions_ = std::max(most_sessions_, open_ + queue_.size() + 1);
    if (tiers_.empty()) return choice;
    budget_.session(now_);
    arriving_ = 1;
    refresh_held(grants);
    const auto server = queue_.empty(kAny) ? choose(key) : std::nullopt;
    choice =
        server && !servers_[*server].full ? Choice(take_for(key, *server)) : wait(server, key, who);
    arriving_ = 0;
  }
  grants.deliver(waker_);
  return choice;
}

// A policy that binds may answer a full server; the others answer one whose limit has fallen with
// the load of the backend only until they are told.
std::optional<ServerId> Backend::choose(Key key) {
  for (;;) {
    const auto server = chooser_.choose(key, now_);
    if (!server) return server;
    if (servers_[*server].elastic()) refresh(*server);
    if (!servers_[*server].full || chooser_.binds()) return server;
  }
}

std::optional<ServerId> Backend::choose_other(Key key, ServerId avoid) {
  for (;;) {
    const auto server = chooser_.choose_other(key, now_, avoid);
    if (!server) return server;
    refresh(*server);
    if (!servers_[*server].full || chooser_.binds()) return server;
  }
}

Choice Backend::wait(std::optional<ServerId> at, Key key, Waiter who) {
  if (!at) {
    const std::uint64_t ticket = queue_.push(kAny, who, key);
    note_queue(kAny);
    return Wait{.ticket = ticket, .at = at};
  }
  const std::uint32_t most = servers_[*at].maxqueue;
  if (most == 0 || queue_.size(line(*at)) < most) return wait_at(*at, key, who);
  if (config_.redispatch == 0) return Overflow{.at = *at};
  const auto other = choose_other(key, *at);
  if (!other) return Overflow{.at = *at};
  if (!servers_[*other].full) return take_for(key, *other);
  const std::uint32_t room = servers_[*other].maxqueue;
  if (room != 0 && queue_.size(line(*other)) >= room) return Overflow{.at = *at};
  return wait_at(*other, key, who);
}

Wait Backend::wait_at(ServerId id, Key key, Waiter who) {
  chooser_.placed(key, id, now_);
  const std::uint64_t ticket = queue_.push(line(id), who, key);
  note_queue(line(id));
  return {.ticket = ticket, .at = id};
}

void Backend::note_queue(WaitQueue::Line line) {
  std::uint32_t& most = line == kAny ? most_queued_ : servers_[line - 1].most_queued;
  most = std::max(most, queue_.size(line));
}

Lease Backend::pick_other(Key key, ServerId failed, std::uint32_t retry, Tick now) {
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, now);
  const bool others = serving_ > (servers_[failed].serves ? 1U : 0U);
  if (!may_redispatch(config_, retry, chooser_.binds(), others)) return {};
  const auto other = choose_other(key, failed);
  return other && !servers_[*other].full ? take_for(key, *other) : Lease{};
}

bool Backend::may_retry(Tick now) {
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, now);
  return budget_.retry(now_);
}

std::optional<QueuePlace> Backend::leave(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  const auto left = queue_.leave(ticket);
  if (!left) return std::nullopt;
  return QueuePlace{.place = left->place, .at_server = left->line != kAny};
}

void Backend::answered(ServerId server, std::chrono::microseconds after, Tick now) {
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, now);
  chooser_.answered(server, after, now_);
}

// Who was there before the server went on trial tries nothing.
Crossing Backend::report(const Lease& lease, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  Server& server = servers_[lease.server_];
  if (server.error_limit == 0) return Crossing::kNone;
  const bool served = outcome == Outcome::kServed;
  server.errors = served ? 0 : server.errors + 1;
  if (server.on_trial) {
    if (!lease.is_trial_) return Crossing::kNone;
    return served ? Crossing::kTrialPassed : Crossing::kTrialFailed;
  }
  if (server.errors < server.error_limit) return Crossing::kNone;
  server.errors = 0;
  return Crossing::kErrorLimit;
}

void Backend::connected(ServerId id, std::chrono::microseconds after) {
  const std::lock_guard lock(mutex_);
  Server& server = servers_[id];
  server.connecting =
      server.connecting ? *server.connecting + (after - *server.connecting) / 8 : after;
  server.connected_lately = true;
}

std::optional<std::chrono::microseconds> Backend::take_connect_time(ServerId id) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(servers_[id].connected_lately, false)) return std::nullopt;
  return servers_[id].connecting;
}

void Backend::refused(ServerId server, Tick now) {
  constexpr conf::Milliseconds kMost = std::chrono::minutes{1};  // where that is infinite
  answered(server, std::min(config_.connect_timeout, kMost), now);
}

Lease Backend::take_for(Key key, ServerId id) {
  chooser_.placed(key, id, now_);
  return take(id);
}

Lease Backend::take(ServerId id) {
  Server& server = servers_[id];
  ++open_;
  server.most_open = std::max(server.most_open, ++server.open);
  ++server.picked;
  begin_attempt(server);
  chooser_.taken(id);
  if (server.on_trial) ++server.trials;
  refresh(id);
  return {*this, id, server.on_trial};
}

void Backend::begin_attempt(Server& server) {
  server.last = now_;
  server.rate.count_alone(now_);
}

void Backend::tried_again(ServerId server, Tick now) {
  const std::lock_guard lock(mutex_);
  now_ = std::max(now_, now);
  begin_attempt(servers_[server]);
}

Counts Backend::release(ServerId id, bool is_trial) {
  Counts left;
  Grants grants;
  {
    const std::lock_guard lock(mutex_);
    Server& server = servers_[id];
    left = {.backend = --open_ + queue_.size(), .server = --server.open};
    if (is_trial) --server.trials;
    chooser_.released(id);
    refresh(id);
    if (queue_.size() != 0) fill(id, grants);
  }
  grants.deliver(waker_);
  return left;
}

// ---- limits

bool Backend::ByLoad::before(ServerId a, ServerId b) const {
  const std::uint64_t load_a = (*servers)[a].free_at;
  const std::uint64_t load_b = (*servers)[b].free_at;
  return load_a != load_b ? load_a < load_b : a < b;
}

// HAProxy's dynamic limit: from minconn to maxconn while the backend's sessions rise to fullconn.
// 0: none.
std::uint32_t Backend::limit(const Server& server) const {
  if (server.maxconn == 0) return 0;
  std::uint32_t most = server.maxconn;
  if (server.elastic() && load() < config_.fullconn) {
    const std::uint64_t share = std::uint64_t{load()} * server.maxconn / config_.fullconn;
    most = std::max(server.minconn, static_cast<std::uint32_t>(share));
  }
  return server.start.part_of(most, step_);
}

// Whether the server is full, as the policy must know it.
void Backend::refresh(ServerId id) {
  Server& server = servers_[id];
  if (server.maxconn == 0 && !server.on_trial && !server.full) return;
  const std::uint32_t most = limit(server);
  const bool tried = server.on_trial && server.trials != 0;
  const bool full = tried || (most != 0 && server.open >= most);
  if (full != std::exchange(server.full, full)) full ? chooser_.full(id) : chooser_.free(id);
  if (!server.elastic()) return;
  if (server.position != kNowhere) held_.erase(id);
  server.position = kNowhere;
  const std::uint64_t needed = server.start.whole_of(server.open + 1, step_);
  if (!full || server.on_trial || needed > server.maxconn) return;
  server.free_at = (needed * config_.fullconn + server.maxconn - 1) / server.maxconn;
  held_.push(id);
}

void Backend::refresh_held(Grants& grants) {
  while (!held_.empty()) {
    const ServerId id = held_.top();
    refresh(id);
    if (servers_[id].full) return;
    fill(id, grants);
  }
}

}  // namespace balancer
