#include <algorithm>

#include "balancer/backend.h"

// What a backend tells of itself.
namespace balancer {

std::uint32_t Backend::eligible() const {
  const std::lock_guard lock(mutex_);
  return tiers_.actives() + tiers_.backups();
}

std::vector<ServerView> Backend::view(ServerId first, std::size_t most, Tick now) const {
  std::vector<ServerView> views;
  if (first >= servers_.size()) return views;
  const std::lock_guard lock(mutex_);
  const std::size_t end = first + std::min(servers_.size() - first, most);
  views.reserve(end - first);
  for (ServerId id = first; id < end; ++id) {
    const Server& server = servers_[id];
    const bool starting = server.start.running(step_);
    const Weight whole = standing(server.facts).weight;
    const Weight weight = graded_ ? server.start.part_of(whole, step_) : whole;
    views.push_back(
        {.vacant = server.vacant,
         .facts = server.facts,
         .weight = weight,
         .usable = usable(server.facts),
         .serves = server.serves,
         .open = server.open,
         .most_open = server.most_open,
         .queued = queue_.size(line(id)),
         .most_queued = server.most_queued,
         .picked = server.picked,
         .rate = server.rate.rate(now),
         .most_rate = server.rate.most(),
         .last = server.last != 0 ? std::optional(server.last) : std::nullopt,
         .starting = starting ? std::optional(server.start.part_of(100, step_)) : std::nullopt,
         .history = server.history});
  }
  return views;
}

BackendView Backend::view_of_all(Tick now) const {
  const std::lock_guard lock(mutex_);
  return {.active = tiers_.actives(),
          .backup = tiers_.backups(),
          .up = serving_ != 0,
          .sessions = open_ + queue_.size(),
          .most_sessions = most_sessions_,
          .queued = queue_.size(kAny),
          .most_queued = most_queued_,
          .rate = rate_.rate(now),
          .most_rate = rate_.most(),
          .history = history_};
}

void Backend::forget_most() {
  const std::lock_guard lock(mutex_);
  most_sessions_ = open_ + queue_.size();
  most_queued_ = queue_.size(kAny);
  rate_.forget_most();
  for (ServerId id = 0; id < servers_.size(); ++id) forget_most_of(id);
}

void Backend::forget_most(ServerId id) {
  const std::lock_guard lock(mutex_);
  forget_most_of(id);
}

void Backend::forget_most_of(ServerId id) {
  Server& server = servers_[id];
  server.most_open = server.open;
  server.most_queued = queue_.size(line(id));
  server.rate.forget_most();
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
  return {.backend = open_ + queue_.size(), .server = servers_[id].open};
}

}  // namespace balancer
