#include "balancer/random_draws.h"

#include <cassert>

namespace balancer {

void RandomDraws::set(ServerId server, Weight weight, bool usable) {
  if (server >= open_.size()) open_.resize(server + 1);
  draw_.set(server, weight, usable);
}

void RandomDraws::taken(ServerId server) { ++open_[server]; }

void RandomDraws::released(ServerId server) {
  assert(open_[server] > 0);
  --open_[server];
}

void RandomDraws::full(ServerId server) { draw_.full(server); }

void RandomDraws::free(ServerId server) { draw_.free(server); }

std::optional<ServerId> RandomDraws::pick(Key /*key*/, Tick /*now*/) {
  auto best = draw_.draw();
  if (!best) return std::nullopt;
  for (std::uint32_t i = 1; i < draws_; ++i) {
    const ServerId next = *draw_.draw();
    const std::uint64_t load = std::uint64_t{open_[next]} * draw_.weight(*best);
    const std::uint64_t least = std::uint64_t{open_[*best]} * draw_.weight(next);
    if (load <= least) best = next;
  }
  return best;
}

}  // namespace balancer
