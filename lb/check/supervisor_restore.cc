#include <fmt/format.h>

#include <iterator>

#include "lb/check/supervisor.h"

// What a state file says of servers.
namespace lb::check {
namespace {

using balancer::Facts;
using Health = Restored::Health;

constexpr const char* kReload = ", changed from server-state after a reload";

// ", weight 5 (initial 10), maxconn 20"
std::string settings_of(const conf::Server& config, const Restored& before) {
  std::string text;
  const auto to = std::back_inserter(text);
  if (before.weight) fmt::format_to(to, ", weight {} (initial {})", *before.weight, config.weight);
  if (before.maxconn) fmt::format_to(to, ", maxconn {}", *before.maxconn);
  if (before.address) fmt::format_to(to, ", address {}", conf::to_string(*before.address));
  if (before.checks_off) text += ", no health checks";
  if (before.agent_off) text += ", no agent checks";
  return text;
}

}  // namespace

void Supervisor::restore(const Place& server, const Restored& before) {
  std::string refused;
  if (before.weight) {
    const auto done = set_weight(server, {.number = *before.weight});
    if (!done) refused = done.error();
  }
  if (!refused.empty())
    hands_.note(telemetry::Level::kWarning,
                fmt::format("{} keeps its configured weight, the state file's {} cannot be had: {}",
                            name_of(server), *before.weight, refused));
  if (before.maxconn) set_maxconn(server, *before.maxconn);
  if (before.checks_off) enable_checks(server, false);
  if (before.agent_off) enable_agent(server, false);
  Restored told = before;
  if (!refused.empty()) told.weight.reset();
  if (const std::string settings = settings_of(server.config(), told); !settings.empty())
    hands_.note(telemetry::Level::kNotice,
                fmt::format("{} has {}{}.", name_of(server), settings.substr(2), kReload));

  if (before.health == Health::kDown) force_health(server, Forced::kDown, kReload);
  if (before.health == Health::kStopping) force_health(server, Forced::kStopping, kReload);
  if (before.health == Health::kUp) restore_up(server);
  if (before.agent_down) force_agent(server, true, kReload);
  if (before.admin) set_admin(server, *before.admin, kReload);
}

// Of thousands that are up already none has to be told to its backend.
void Supervisor::restore_up(const Place& server) {
  const Facts facts = server.backend->choice.view(server.server, 1).front().facts;
  if (facts.health != balancer::Health::kUp) return force_health(server, Forced::kUp, kReload);
  hands_.ask(server, [](Watch& watch) { watch.force(true, false); });
}

}  // namespace lb::check
