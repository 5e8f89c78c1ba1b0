#include "balancer/least_connections.h"

#include <cassert>

namespace balancer {

LeastConnections::LeastConnections() : running_(ByLoad{&slots_}) {}

bool LeastConnections::ByLoad::before(ServerId a, ServerId b) const {
  const Slot& slot_a = (*slots)[a];
  const Slot& slot_b = (*slots)[b];
  const std::uint64_t load_a = slot_a.load() * slot_b.weight;
  const std::uint64_t load_b = slot_b.load() * slot_a.weight;
  if (load_a != load_b) return load_a < load_b;
  return slot_a.turn != slot_b.turn ? slot_a.turn < slot_b.turn : a < b;
}

std::uint32_t& LeastConnections::ByLoad::position(ServerId server) const {
  return (*slots)[server].position;
}

void LeastConnections::set(ServerId server, Weight weight, bool usable) {
  assert(weight <= kMaxWeight);
  if (server >= slots_.size()) {
    slots_.resize(server + 1);
    running_.reserve(slots_.size());
  }
  Slot& slot = slots_[server];
  const bool ran = slot.runs();
  slot.weight = weight;
  slot.usable = usable;
  follow(server, ran);
}

void LeastConnections::taken(ServerId server) {
  Slot& slot = slots_[server];
  ++slot.open;
  slot.turn = ++turns_;
  follow(server, slot.runs());
}

void LeastConnections::released(ServerId server) {
  Slot& slot = slots_[server];
  assert(slot.open > 0);
  --slot.open;
  follow(server, slot.runs());
}

void LeastConnections::full(ServerId server) {
  const bool ran = slots_[server].runs();
  slots_[server].full = true;
  follow(server, ran);
}

void LeastConnections::free(ServerId server) {
  const bool ran = slots_[server].runs();
  slots_[server].full = false;
  follow(server, ran);
}

std::optional<ServerId> LeastConnections::pick(Key /*key*/, Tick /*now*/) {
  if (running_.empty()) return std::nullopt;
  return running_.top();
}

void LeastConnections::follow(ServerId server, bool ran) {
  const bool runs = slots_[server].runs();
  if (ran && runs) {
    running_.restore(server);
  } else if (ran) {
    running_.erase(server);
  } else if (runs) {
    running_.push(server);
  }
}

}  // namespace balancer
