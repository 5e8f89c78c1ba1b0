#include "balancer/server.h"

#include <algorithm>

namespace balancer {

namespace {

// Rounds up: an agent takes a server out by 0 %, not by a small percentage of a small weight.
Weight effective_weight(const Facts& facts) {
  const std::uint64_t units = facts.operator_weight.value_or(facts.weight);
  const std::uint64_t scaled = (units * kWeightScale * facts.agent_percent + 99) / 100;
  return static_cast<Weight>(std::min<std::uint64_t>(scaled, kMaxWeight));
}

}  // namespace

Standing standing(const Facts& facts) {
  const Weight weight = effective_weight(facts);
  const bool well = facts.health == Health::kUp || facts.health == Health::kGoingDown;
  return {.weight = weight, .usable = facts.admin == Admin::kReady && well && weight > 0};
}

Facts facts_of(const conf::Server& server) {
  const bool absent = server.disabled || !server.address.has_value();
  return {.admin = absent ? Admin::kMaint : Admin::kReady,
          .health = Health::kUp,
          .weight = server.weight,
          .operator_weight = std::nullopt,
          .agent_percent = 100,
          .backup = server.backup};
}

}  // namespace balancer
