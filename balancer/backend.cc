#include "balancer/backend.h"

#include <cassert>

#include "balancer/make_policy.h"

namespace balancer {

Lease& Lease::operator=(Lease&& other) noexcept {
  Lease moved(std::move(other));
  std::swap(backend_, moved.backend_);
  std::swap(server_, moved.server_);
  return *this;
}

ServerId Lease::server() const {
  assert(backend_ != nullptr);
  return server_;
}

Counts Lease::open() const { return backend_ != nullptr ? backend_->open(server_) : Counts{}; }

Counts Lease::end() {
  Backend* backend = std::exchange(backend_, nullptr);
  return backend != nullptr ? backend->release(server_) : Counts{};
}

Backend::Backend(const conf::Backend& config, Waker& waker)
    : waker_(waker), policy_(make_policy(config.balance)) {
  for (const conf::Server& server : config.servers) {
    const Facts facts = facts_of(server);
    const auto id = static_cast<ServerId>(servers_.size());
    servers_.push_back({.seen = {.facts = facts}, .maxconn = server.maxconn});
    if (standing(facts).usable) tiers_.enter(id, facts.backup);
  }
  for (ServerId id = 0; id < servers_.size(); ++id) inform_policy(id);
}

Backend::~Backend() { assert(open_ == 0); }

Choice Backend::pick(Key key, Waiter who) {
  const std::lock_guard lock(mutex_);
  if (const auto server = policy_->pick(key)) return take(*server);
  if (tiers_.empty()) return None{};
  return Wait{.ticket = queue_.push(who, key)};
}

Lease Backend::pick_other(Key key, ServerId avoid) {
  const std::lock_guard lock(mutex_);
  const bool hide = !servers_[avoid].full();
  if (hide) policy_->full(avoid);
  const auto server = policy_->pick(key);
  if (hide) policy_->free(avoid);
  return server ? take(*server) : Lease{};
}

std::optional<std::uint32_t> Backend::leave(std::uint64_t ticket) {
  const std::lock_guard lock(mutex_);
  return queue_.leave(ticket);
}

void Backend::update(ServerId server, const std::function<void(Facts&)>& change) {
  std::vector<Grant> grants;
  {
    const std::lock_guard lock(mutex_);
    Facts& facts = servers_[server].seen.facts;
    const auto stood_in = tiers_.stand_in();
    if (standing(facts).usable) tiers_.quit(server, facts.backup);
    change(facts);
    if (standing(facts).usable) tiers_.enter(server, facts.backup);

    inform_policy(server);
    if (stood_in) inform_policy(*stood_in);
    if (const auto stands_in = tiers_.stand_in()) inform_policy(*stands_in);
    while (auto grant = grant_first()) grants.push_back(std::move(*grant));
  }
  for (Grant& grant : grants) waker_.granted(std::move(grant));
}

std::vector<ServerView> Backend::view() const {
  std::vector<ServerView> views;
  views.reserve(servers_.size());
  const std::lock_guard lock(mutex_);
  for (const Server& server : servers_) views.push_back(server.seen);
  return views;
}

std::uint32_t Backend::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

std::uint32_t Backend::sessions() const {
  const std::lock_guard lock(mutex_);
  return open_ + queue_.size();
}

Counts Backend::open(ServerId id) const {
  const std::lock_guard lock(mutex_);
  return {.backend = open_ + queue_.size(), .server = servers_[id].seen.open};
}

Counts Backend::release(ServerId id) {
  Counts left;
  std::optional<Grant> grant;
  {
    const std::lock_guard lock(mutex_);
    Server& server = servers_[id];
    const bool was_full = server.full();
    left = {.backend = --open_ + queue_.size(), .server = --server.seen.open};
    policy_->released(id);
    if (was_full) {
      policy_->free(id);
      grant = grant_first();
    }
  }
  if (grant) waker_.granted(std::move(*grant));
  return left;
}

Lease Backend::take(ServerId id) {
  Server& server = servers_[id];
  ++open_;
  ++server.seen.open;
  ++server.seen.picked;
  policy_->taken(id);
  if (server.full()) policy_->full(id);
  return {*this, id};
}

std::optional<Grant> Backend::grant_first() {
  if (queue_.empty()) return std::nullopt;
  const auto server = policy_->pick(queue_.first_key());
  if (!server) return std::nullopt;
  const Served first = queue_.pop();
  return Grant{.to = first.waiter, .place = first.place, .lease = take(*server)};
}

void Backend::inform_policy(ServerId id) {
  const Facts& facts = servers_[id].seen.facts;
  const auto [weight, usable] = standing(facts);
  policy_->set(id, weight, usable && tiers_.serves(id, facts.backup));
}

}  // namespace balancer
