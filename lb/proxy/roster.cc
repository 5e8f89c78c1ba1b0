#include "lb/proxy/roster.h"

#include <algorithm>

namespace lb::proxy {

Roster::Id Roster::next() const {
  return static_cast<Id>(std::ranges::find(states_, State::kFree) - states_.begin());
}

Server& Roster::take(Id id, conf::Server asked) {
  if (id == size()) {
    const std::size_t at = id + kFirst;
    const auto piece = static_cast<std::size_t>(std::bit_width(at / kFirst) - 1);
    if (!pieces_[piece])
      pieces_[piece] = std::make_unique<std::unique_ptr<Server>[]>(kFirst << piece);
    states_.push_back(State::kFree);
  }
  const std::string_view name = *names_.insert(asked.name).first;
  slot(id) = std::make_unique<Server>(std::move(asked), name, workers_);
  states_[id] = State::kComing;
  return *slot(id);
}

void Roster::free(Id id) {
  slot(id).reset();
  states_[id] = State::kFree;
}

bool Roster::holds(std::string_view name) const {
  if (!names_.contains(name)) return false;
  for (Id id = 0; id < size(); ++id)
    if (stays(id) && slot(id)->name == name) return true;
  return false;
}

std::vector<Roster::Id> Roster::all() const {
  std::vector<Id> ids;
  ids.reserve(states_.size());
  for (Id id = 0; id < size(); ++id)
    if (present(id)) ids.push_back(id);
  return ids;
}

}  // namespace lb::proxy
