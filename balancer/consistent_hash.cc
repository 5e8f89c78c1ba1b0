#include "balancer/consistent_hash.h"

#include "balancer/around.h"
#include "balancer/hash.h"

namespace balancer {

ConsistentHash::ConsistentHash(const conf::Backend& config) : balance_(config.balance) {
  ids_.reserve(config.servers.size());
  for (const conf::Server& server : config.servers) ids_.push_back(server.id);
}

void ConsistentHash::enroll(ServerId server, std::uint32_t number, std::string_view /*name*/) {
  if (server >= ids_.size()) ids_.resize(server + 1);
  ids_[server] = number;
}

void ConsistentHash::set(ServerId server, Weight weight, bool usable) {
  available_.set(server, weight, usable);
  if (server >= open_.size()) open_.resize(server + 1);
}

void ConsistentHash::taken(ServerId server) {
  ++open_[server];
  ++all_open_;
}

void ConsistentHash::released(ServerId server) {
  --open_[server];
  --all_open_;
}

void ConsistentHash::full(ServerId server) { available_.full(server); }

void ConsistentHash::free(ServerId server) { available_.free(server); }

std::optional<ServerId> ConsistentHash::pick(Key key, Tick /*now*/) {
  if (ring_ == nullptr || ring_->points.size() == 0) return std::nullopt;
  if (key.empty()) return pick_without_key();
  const HashRing& points = ring_->points;
  const std::size_t nearest = points.nearest(hash_of(balance_, key));
  const auto usable = [&](std::size_t at) { return available_.usable(points.server(at)); };
  std::optional<std::size_t> at;
  if (balance_.balance_factor != 0) {
    at = first_around(points.size(), nearest, [&](std::size_t point) {
      return usable(point) && within_bound(points.server(point));
    });
  }
  // Nobody is within the bound: those with the slots are not usable any more, the ring lags behind.
  if (!at) at = first_around(points.size(), nearest, usable);
  return at ? std::optional(points.server(*at)) : std::nullopt;
}

std::optional<ServerId> ConsistentHash::pick_without_key() {
  const HashRing& points = ring_->points;
  if (turn_ >= points.size()) turn_ = 0;
  const auto at = first_around(points.size(), turn_, [&](std::size_t point) {
    return available_.usable_and_free(points.server(point));
  });
  if (!at) return std::nullopt;
  turn_ = *at + 1;
  return points.server(*at);
}

bool ConsistentHash::within_bound(ServerId server) const {
  return open_[server] < ring_->bound.slots(server, all_open_);
}

std::unique_ptr<Table> ConsistentHash::build(std::span<const Candidate> candidates) const {
  return std::make_unique<Ring>(ids_, balance_.balance_factor, candidates);
}

void ConsistentHash::adopt(std::unique_ptr<Table>& table) {
  table_.swap(table);
  ring_ = static_cast<const Ring*>(table_.get());
}

}  // namespace balancer
