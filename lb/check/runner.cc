#include "lb/check/runner.h"

namespace lb::check {

void Runner::add(Desk& desk, Place server, const health::Plan& plan,
                 std::chrono::milliseconds delay) {
  Watch& watch = watches_.emplace_back(delay, ground_, desk, server, plan).what;
  by_server_.emplace(Key(server.backend, server.server), &watch);
  if (server.config().disabled) watch.pause(Pause::kMaintenance);
}

void Runner::add_agent(Desk& desk, Place server, std::chrono::milliseconds delay) {
  AgentWatch& watch = agents_.emplace_back(delay, ground_, desk, server).what;
  agents_by_server_.emplace(Key(server.backend, server.server), &watch);
}

void Runner::start() {
  const auto at = [now = ground_.poller.now()](std::chrono::milliseconds delay) {
    return now + static_cast<net::Tick>(delay.count());
  };
  for (auto& watch : watches_)
    if (!watch.what.paused()) watch.what.start(at(watch.delay));
  for (auto& agent : agents_) agent.what.start(at(agent.delay));
}

void Runner::stop() {
  for (auto& watch : watches_) watch.what.pause(Pause::kByHand);
  for (auto& agent : agents_) agent.what.stop();
}

AgentWatch* Runner::find_agent(const Place& server) {
  const auto found = agents_by_server_.find(Key(server.backend, server.server));
  return found != agents_by_server_.end() ? found->second : nullptr;
}

HeardOf Runner::heard(std::size_t index) const {
  if (index < watches_.size()) {
    const Watch& watch = watches_[index].what;
    return {.of = watch.server(), .agent = false, .heard = watch.heard()};
  }
  const AgentWatch& agent = agents_[index - watches_.size()].what;
  return {.of = agent.server(), .agent = true, .heard = agent.heard()};
}

Watch* Runner::find(const Place& server) {
  const auto found = by_server_.find(Key(server.backend, server.server));
  return found != by_server_.end() ? found->second : nullptr;
}

}  // namespace lb::check
