#include "balancer/server.h"

#include <algorithm>

namespace balancer {

namespace {

// Rounds up: an agent takes a server out by 0 %, not by a small percentage of a small weight.
Weight effective_weight(const Facts& facts) {
  const std::uint64_t units = facts.operator_weight.value_or(facts.weight);
  const std::uint64_t told = (units * kWeightScale * facts.agent_percent + 99) / 100;
  const std::uint64_t kept =
      (std::min<std::uint64_t>(told, kMaxWeight) * facts.slow_percent + 99) / 100;
  return static_cast<Weight>(kept);
}

bool begins_down(const conf::Server& server) {
  return server.check && (server.check->init_state == conf::InitState::kDown ||
                          server.check->init_state == conf::InitState::kFullyDown);
}

}  // namespace

bool is_up(const Facts& facts) {
  const bool well = facts.health == Health::kUp || facts.health == Health::kGoingDown;
  return well && !facts.agent_down && !facts.ejected && admin_of(facts) != Admin::kMaint;
}

Admin admin_of(const Facts& facts) {
  return facts.lost ? Admin::kMaint : std::max(facts.admin, facts.inherited);
}

Standing standing(const Facts& facts) {
  const Weight weight = effective_weight(facts);
  const bool up = facts.health == Health::kUp || facts.health == Health::kGoingDown;
  const bool well = up && !facts.agent_down && !facts.stopping && !facts.ejected;
  return {.weight = weight, .usable = admin_of(facts) == Admin::kReady && well && weight > 0};
}

Facts facts_of(const conf::Server& server) {
  return {.admin = server.disabled ? Admin::kMaint : Admin::kReady,
          .lost = !server.address.has_value(),
          .health = begins_down(server) ? Health::kDown : Health::kUp,
          .weight = server.weight,
          .maxconn = server.maxconn,
          .backup = server.backup};
}

}  // namespace balancer
