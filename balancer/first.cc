#include "balancer/first.h"

#include <algorithm>
#include <utility>

namespace balancer {

First::First(std::span<const std::uint32_t> ids) {
  while (slots_.size() < ids.size()) add();
  std::ranges::sort(by_rank_, {},
                    [ids](ServerId server) { return std::pair(ids[server], server); });
  for (std::uint32_t rank = 0; rank < by_rank_.size(); ++rank) slots_[by_rank_[rank]].rank = rank;
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
