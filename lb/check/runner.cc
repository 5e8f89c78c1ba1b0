#include "lb/check/runner.h"

namespace lb::check {

void Runner::add(Desk& desk, Place server, const health::Plan& plan,
                 std::chrono::milliseconds delay) {
  const auto& added =
      watches_.emplace_back(std::make_unique<Watch>(ground_, desk, server, plan), delay);
  Watch& watch = *added.what;
  by_server_.emplace(key(server), &watch);
  const bool away = server.config().disabled || !server.at_work().where.address;
  if (away) watch.pause(Pause::kMaintenance);
  if (started_ && !away) watch.start(after(delay));
}

void Runner::add_agent(Desk& desk, Place server, std::chrono::milliseconds delay) {
  const auto& added =
      agents_.emplace_back(std::make_unique<AgentWatch>(ground_, desk, server), delay);
  agents_by_server_.emplace(key(server), added.what.get());
  if (started_) added.what->start(after(delay));
}

void Runner::remove(const Place& server) {
  by_server_.erase(key(server));
  agents_by_server_.erase(key(server));
  const auto is_of = [&](const auto& one) { return one.what->server() == server; };
  std::erase_if(watches_, is_of);
  std::erase_if(agents_, is_of);
}

void Runner::move(const Place& server, const proxy::Whereabouts& where) {
  if (Watch* watch = find(server)) watch->move(where);
  if (AgentWatch* watch = find_agent(server)) watch->move(where);
}

net::Tick Runner::after(std::chrono::milliseconds delay) const {
  return ground_.poller.now() + static_cast<net::Tick>(delay.count());
}

void Runner::start() {
  started_ = true;
  for (auto& watch : watches_)
    if (!watch.what->paused()) watch.what->start(after(watch.delay));
  for (auto& agent : agents_) agent.what->start(after(agent.delay));
}

void Runner::stop() {
  for (auto& watch : watches_) watch.what->pause(Pause::kByHand);
  for (auto& agent : agents_) agent.what->stop();
}

AgentWatch* Runner::find_agent(const Place& server) {
  const auto found = agents_by_server_.find(key(server));
  return found != agents_by_server_.end() ? found->second : nullptr;
}

HeardOf Runner::heard(std::size_t index) const {
  if (index < watches_.size()) {
    const Watch& watch = *watches_[index].what;
    return {.of = watch.server(), .agent = false, .heard = watch.heard()};
  }
  const AgentWatch& agent = *agents_[index - watches_.size()].what;
  return {.of = agent.server(), .agent = true, .heard = agent.heard()};
}

Watch* Runner::find(const Place& server) {
  const auto found = by_server_.find(key(server));
  return found != by_server_.end() ? found->second : nullptr;
}

}  // namespace lb::check
