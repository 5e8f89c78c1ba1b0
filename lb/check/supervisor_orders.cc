#include "lb/check/supervisor.h"

// What an operator asks for beside the state of a server.
namespace lb::check {
namespace {

using balancer::Facts;
constexpr const char* kByHand = ", changed from CLI";

}  // namespace

void Supervisor::force_health(const Place& server, Forced health) {
  force_health(server, health, kByHand);
}

void Supervisor::force_health(const Place& server, Forced health, const std::string& why) {
  const bool up = health != Forced::kDown;
  const bool stopping = health == Forced::kStopping;
  const auto force = [&](const Place& one, const std::string& reason) {
    const Effect effect = change(one, [&](Facts& facts) {
      facts.health = up ? balancer::Health::kUp : balancer::Health::kDown;
      facts.stopping = stopping;
    });
    conclude_health(one, effect, stopping, reason);
  };
  force(server, why);
  hands_.ask(server, [up, stopping](Watch& watch) { watch.force(up, stopping); });
  for (const Place& follower : followers_of(server)) force(follower, via(server));
}

void Supervisor::force_agent(const Place& server, bool down) { force_agent(server, down, kByHand); }

void Supervisor::force_agent(const Place& server, bool down, const std::string& why) {
  const auto force = [down](Facts& facts) { facts.agent_down = down; };
  conclude(server, change(server, force), why);
  for (const Place& follower : followers_of(server))
    conclude(follower, change(follower, force), via(server));
}

void Supervisor::enable_checks(const Place& server, bool enable) {
  hands_.ask(server, [enable](Watch& watch) {
    if (enable) watch.resume(Pause::kByHand);
    if (!enable) watch.pause(Pause::kByHand);
  });
}

void Supervisor::enable_agent(const Place& server, bool enable) {
  hands_.ask_agent(server, [enable](AgentWatch& watch) {
    if (enable) watch.resume();
    if (!enable) watch.pause();
  });
}

std::expected<void, std::string_view> Supervisor::set_weight(
    const Place& server, const balancer::WeightRequest& request) {
  const auto done = server.backend->choice.set_weight(server.server, request, hands_.now());
  if (!done) return std::unexpected(done.error());
  mourn(server, *done);
  return {};
}

void Supervisor::set_maxconn(const Place& server, std::uint32_t maxconn) {
  change(server, [maxconn](Facts& facts) { facts.maxconn = maxconn; });
}

}  // namespace lb::check
