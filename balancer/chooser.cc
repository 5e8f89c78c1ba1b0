#include "balancer/chooser.h"

#include <utility>

#include "balancer/make_policy.h"

namespace balancer {

Chooser::Chooser(const conf::Backend& config) : policy_(make_policy(config)) {
  candidates_.reserve(config.servers.size());
  const conf::Balance& balance = config.balance;
  if (balance.by == conf::Algorithm::kStickySource)
    sticky_.emplace(balance.expire, balance.entries);
}

void Chooser::set(ServerId server, Weight weight, bool serves, bool starting) {
  while (server >= told_.size()) {
    candidates_.push_back({.server = static_cast<ServerId>(told_.size())});
    told_.emplace_back();
    ++version_;
  }
  Told& told = told_[server];
  // Who is bound by his key is not sent to a newcomer instead.
  const bool apart = starting && policy_->floods() && !policy_->binds();
  if (told.known && told.weight == weight && told.serves == serves && told.starting == apart)
    return;
  if (told.serves) total_ -= told.weight;
  told.weight = weight;
  told.serves = serves;
  told.starting = apart;
  told.known = true;
  if (told.serves) total_ += told.weight;
  // What weight it would have is nothing to a table.
  const Candidate candidate{.server = server, .weight = serves ? weight : 0, .usable = serves};
  if (std::exchange(candidates_[server], candidate) != candidate) ++version_;
  tell(server);
}

void Chooser::tell(ServerId server) {
  const Told& told = told_[server];
  newcomers_.set(server, told.serves && told.starting ? told.weight : 0);
  policy_->set(server, told.weight, told.serves && !told.starting);
}

void Chooser::full(ServerId server) {
  told_[server].full = true;
  policy_->full(server);
  newcomers_.full(server);
}

void Chooser::free(ServerId server) {
  told_[server].full = false;
  policy_->free(server);
  newcomers_.free(server);
}

std::optional<ServerId> Chooser::choose(Key key, Tick now) {
  if (const auto server = known(key, now, std::nullopt)) return server;
  return place(key, now);
}

std::optional<ServerId> Chooser::known(Key key, Tick now, std::optional<ServerId> avoid) {
  if (!sticky_) return std::nullopt;
  const auto server = sticky_->visit(key, now);
  const bool serves = server && told_[*server].serves && told_[*server].weight > 0;
  return serves && server != avoid ? server : std::nullopt;
}

std::optional<ServerId> Chooser::place(Key key, Tick now) {
  if (newcomers_.empty()) return policy_->pick(key, now);
  if (const auto newcomer = newcomers_.turn(total_, now)) return newcomer;
  if (const auto server = policy_->pick(key, now)) return server;
  return newcomers_.any(now);
}

std::optional<ServerId> Chooser::choose_other(Key key, Tick now, ServerId avoid) {
  if (const auto server = known(key, now, avoid)) return server;
  hide(avoid, true);
  const auto server = place(key, now);
  hide(avoid, false);
  return server;
}

// Being full hides a server and costs it nothing, but not where the key binds.
void Chooser::hide(ServerId server, bool hidden) {
  const Told& told = told_[server];
  if (policy_->binds()) policy_->set(server, told.weight, told.serves && !told.starting && !hidden);
  if (told.full) return;
  if (hidden) {
    policy_->full(server);
    newcomers_.full(server);
  } else {
    policy_->free(server);
    newcomers_.free(server);
  }
}

void Chooser::build(std::mutex& mutex) {
  if (!tabled_) return;
  std::unique_ptr<Table> table;  // or the old one, which is freed after unlocking
  std::unique_lock lock(mutex);
  if (adopted_ == version_) return;
  const std::vector<Candidate> from = candidates_;
  const std::uint64_t version = version_;
  lock.unlock();
  table = policy_->build(from);
  lock.lock();
  if (table == nullptr) tabled_ = false;  // the first time, or never
  if (table == nullptr || version <= adopted_) return;
  policy_->adopt(table);
  adopted_ = version;
}

}  // namespace balancer
