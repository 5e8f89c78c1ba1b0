#include "balancer/mapped_hash.h"

#include "balancer/around.h"
#include "balancer/hash.h"

namespace balancer {

void MappedHash::set(ServerId server, Weight weight, bool usable) {
  available_.set(server, weight, usable);
}

void MappedHash::taken(ServerId /*server*/) {}

void MappedHash::released(ServerId /*server*/) {}

void MappedHash::full(ServerId server) { available_.full(server); }

void MappedHash::free(ServerId server) { available_.free(server); }

std::optional<ServerId> MappedHash::pick(Key key, Tick /*now*/) {
  if (map_ == nullptr || map_->turns.empty()) return std::nullopt;
  const std::vector<ServerId>& turns = map_->turns;
  if (!key.empty()) {
    const auto turn = first_around(turns.size(), hash_of(balance_, key) % turns.size(),
                                   [&](std::size_t at) { return available_.usable(turns[at]); });
    return turn ? std::optional(turns[*turn]) : std::nullopt;
  }
  if (turn_ >= turns.size()) turn_ = 0;
  const auto turn = first_around(
      turns.size(), turn_, [&](std::size_t at) { return available_.usable_and_free(turns[at]); });
  if (!turn) return std::nullopt;
  turn_ = *turn + 1;
  return turns[*turn];
}

std::unique_ptr<Table> MappedHash::build(std::span<const Candidate> candidates) const {
  return std::make_unique<WeightedMap>(slots_, candidates);
}

void MappedHash::adopt(std::unique_ptr<Table>& table) {
  table_.swap(table);
  map_ = static_cast<const WeightedMap*>(table_.get());
}

}  // namespace balancer
