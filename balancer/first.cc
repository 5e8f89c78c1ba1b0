#include "balancer/first.h"

#include <algorithm>
#include <utility>

namespace balancer {

First::First(std::span<const std::uint32_t> ids) {
  while (slots_.size() < ids.size()) add();
  std::ranges::copy(ids, ids_.begin());
  rank();
}

void First::enroll(ServerId server, std::uint32_t number, std::string_view /*name*/) {
  while (slots_.size() <= server) add();
  ids_[server] = number;
  rank();
}

// In the order of their ids, and those that run with them.
void First::rank() {
  for (const Slot& slot : slots_) running_.erase(slot.rank);
  std::ranges::sort(by_rank_, {},
                    [this](ServerId server) { return std::pair(ids_[server], server); });
  for (std::uint32_t rank = 0; rank < by_rank_.size(); ++rank) slots_[by_rank_[rank]].rank = rank;
  for (const Slot& slot : slots_) follow(slot);
}

void First::set(ServerId server, Weight weight, bool usable) {
  while (slots_.size() <= server) add();
  slots_[server].usable = usable && weight > 0;
  follow(slots_[server]);
}

void First::taken(ServerId /*server*/) {}

void First::released(ServerId /*server*/) {}

void First::full(ServerId server) {
  slots_[server].full = true;
  follow(slots_[server]);
}

void First::free(ServerId server) {
  slots_[server].full = false;
  follow(slots_[server]);
}

std::optional<ServerId> First::pick(Key /*key*/, Tick /*now*/) {
  const auto rank = running_.least();
  if (!rank) return std::nullopt;
  return by_rank_[*rank];
}

void First::add() {
  const auto last = static_cast<std::uint32_t>(slots_.size());
  slots_.push_back({.rank = last});
  ids_.push_back(kNoId);
  by_rank_.push_back(last);
  running_.extend(last + 1);
}

void First::follow(const Slot& slot) {
  if (slot.usable && !slot.full) {
    running_.insert(slot.rank);
  } else {
    running_.erase(slot.rank);
  }
}

}  // namespace balancer
