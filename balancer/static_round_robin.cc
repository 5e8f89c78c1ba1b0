#include "balancer/static_round_robin.h"

#include <algorithm>

#include "balancer/around.h"
#include "balancer/weighted_map.h"

namespace balancer {

// The order, and for each server when its turns are.
struct StaticRoundRobin::Order final : Table {
  Order(std::span<const std::uint32_t> slots, std::span<const Candidate> candidates)
      : turns(WeightedMap(slots, candidates).turns),
        begins(slots.size() + 1),
        turns_of_all(turns.size()) {
    for (const ServerId server : turns) ++begins[server];
    std::uint32_t end = 0;
    for (std::uint32_t& begin : begins) begin = end += begin;  // for now, where each one ends
    for (std::size_t turn = turns.size(); turn-- > 0;)
      turns_of_all[--begins[turns[turn]]] = static_cast<std::uint32_t>(turn);
  }

  [[nodiscard]] std::span<const std::uint32_t> turns_of(ServerId server) const {
    return std::span(turns_of_all).subspan(begins[server], begins[server + 1] - begins[server]);
  }

  std::vector<ServerId> turns;
  std::vector<std::uint32_t> begins;
  std::vector<std::uint32_t> turns_of_all;  // the first server's, ascending, then the next one's
};

StaticRoundRobin::StaticRoundRobin(const conf::Backend& config) : slots_(map_slots(config)) {}

void StaticRoundRobin::set(ServerId server, Weight weight, bool usable) {
  if (server >= servers_.size()) {
    servers_.resize(server + 1);
    available_.reserve(servers_.capacity());
  }
  servers_[server].usable = usable && weight > 0;
  follow(server);
}

void StaticRoundRobin::taken(ServerId /*server*/) {}

void StaticRoundRobin::released(ServerId /*server*/) {}

void StaticRoundRobin::full(ServerId server) {
  servers_[server].full = true;
  follow(server);
}

void StaticRoundRobin::free(ServerId server) {
  servers_[server].full = false;
  follow(server);
}

void StaticRoundRobin::follow(ServerId id) {
  Server& server = servers_[id];
  const bool available = server.usable && !server.full;
  if (available == (server.place != kNowhere)) return;
  if (available) {
    server.place = static_cast<std::uint32_t>(available_.size());
    available_.push_back(id);
  } else {
    servers_[available_.back()].place = server.place;
    available_[server.place] = available_.back();
    available_.pop_back();
    server.place = kNowhere;
  }
}

std::optional<ServerId> StaticRoundRobin::pick(Key /*key*/, Tick /*now*/) {
  if (order_ == nullptr) return std::nullopt;
  if (turn_ >= order_->turns.size()) turn_ = 0;
  const std::size_t few = std::min(kFew, servers_.size() / kFew);
  const auto turn = available_.size() > few ? next_of_all() : next_of_few();
  if (!turn) return std::nullopt;
  turn_ = *turn + 1;
  return order_->turns[*turn];
}

std::optional<std::size_t> StaticRoundRobin::next_of_all() const {
  return first_around(order_->turns.size(), turn_, [this](std::size_t turn) {
    return servers_[order_->turns[turn]].place != kNowhere;
  });
}

std::optional<std::size_t> StaticRoundRobin::next_of_few() const {
  const std::size_t cycle = order_->turns.size();
  std::size_t soonest = 2 * cycle;
  for (const ServerId server : available_) {
    const auto turns = order_->turns_of(server);
    if (turns.empty()) continue;  // not in this order yet
    const auto next = std::ranges::lower_bound(turns, turn_);
    soonest = std::min(soonest, next != turns.end() ? *next : turns.front() + cycle);
  }
  if (soonest == 2 * cycle) return std::nullopt;
  return soonest % cycle;
}

std::unique_ptr<Table> StaticRoundRobin::build(std::span<const Candidate> candidates) const {
  return std::make_unique<Order>(slots_, candidates);
}

void StaticRoundRobin::adopt(std::unique_ptr<Table>& table) {
  table_.swap(table);
  order_ = static_cast<const Order*>(table_.get());
}

}  // namespace balancer
