#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "lb/engine.h"

// How the checks of an engine are shared out, and how their news travels.
namespace lb {
namespace {

using check::Place;
using std::chrono::milliseconds;

constexpr milliseconds kShortest{1000};  // an interval below it does not set the pace of the start

bool has_slow_start(const conf::Server& server) { return server.slow_start.count() != 0; }

bool may_eject(const conf::Server& server) {
  return server.observe && server.observe->on_error == conf::Observe::Action::kEject;
}

}  // namespace

// What a server asks for beside its checks.
void Engine::watch(const Place& server) {
  const conf::Backend& backend = server.backend->config;
  has_pulse_ = has_pulse_ || has_slow_start(server.config()) || may_eject(server.config());
  if (backend.slow_limit && server.backend->choice.graded()) supervisor_.time(server);
  if (server.config().track) supervisor_.follow(fleet_.root_of(server), server);
}

// First checks come evenly over the shortest interval, as in HAProxy, each worker having every
// n-th.
void Engine::assign_checks() {
  std::vector<Place> checked;
  milliseconds period = milliseconds::max();
  for (proxy::Backend& backend : fleet_.backends) {
    checkers_.emplace_back(backend.servers.size(), nullptr);
    has_pulse_ = has_pulse_ || backend.config.slow_limit;
    if (backend.config.slow_limit && !backend.choice.graded())
      control_.note(telemetry::Level::kWarning,
                    fmt::format("backend {}: slow_limit has no effect, its algorithm knows no part "
                                "of a weight; take leastconn, roundrobin or random",
                                backend.config.name));
    for (const balancer::ServerId id : backend.servers.all()) {
      const Place place{.backend = &backend, .server = id};
      const conf::Server& server = place.config();
      watch(place);
      if (!server.check && !server.agent) continue;
      checked.push_back(place);
      if (server.check && server.check->interval >= kShortest)
        period = std::min(period, server.check->interval);
    }
  }
  for (std::size_t i = 0; i < checked.size(); ++i) {
    const auto delay = [&](const auto& asked) {
      if (!asked) return milliseconds{0};
      return std::min(asked->interval, period) * static_cast<std::int64_t>(i) /
             static_cast<std::int64_t>(checked.size());
    };
    const conf::Server& server = checked[i].config();
    Worker& worker = crew_[i % crew_.size()];
    checks_for(checked[i], worker)(worker, delay(server.check), delay(server.agent));
  }
}

const health::Plan& Engine::plan_for(const conf::CheckDialog& dialog) {
  const auto known = plans_.find(&dialog);
  return known != plans_.end() ? known->second
                               : plans_.emplace(&dialog, health::make_plan(dialog)).first->second;
}

Engine::AddChecks Engine::checks_for(const Place& server, Worker& worker) {
  const conf::Server& config = server.config();
  auto& checkers = checkers_[server.backend->index];
  checkers.resize(std::max<std::size_t>(checkers.size(), server.server + 1));
  checkers[server.server] = config.check || config.agent ? &worker : nullptr;
  const health::Plan* const plan = config.check ? &plan_for(*config.check->dialog) : nullptr;
  return [this, server, plan](Worker& one, milliseconds check_delay, milliseconds agent_delay) {
    check::Desk& desk = *this;
    if (plan != nullptr) one.checks().add(desk, server, *plan, check_delay);
    if (server.config().agent) one.checks().add_agent(desk, server, agent_delay);
  };
}

void Engine::judged(check::Judgement judgement) {
  control_.post([this, judgement = std::move(judgement)] {
    if (is_here(judgement.of)) supervisor_.judged(judgement);
  });
}

void Engine::agent_said(check::AgentWord word) {
  control_.post([this, word = std::move(word)] {
    if (is_here(word.of)) supervisor_.agent_said(word);
  });
}

void Engine::postponed(const Place& server, int error) {
  postponed_.fetch_add(1, std::memory_order_relaxed);
  if (postponed_on_its_way_.exchange(true)) return;
  control_.post([this, server, error] {
    postponed_on_its_way_ = false;
    if (!told_postponed_.is_time(now())) return;
    const std::string why =
        error == 0 ? "this process did not run in time" : net::Status(error).message();
    control_.note(telemetry::Level::kWarning,
                  fmt::format("checks cannot be made, that of {}/{} first: {}; they are repeated, "
                              "and servers stay what they are",
                              server.backend->config.name, server.config().name, why));
  });
}

void Engine::note(telemetry::Level level, std::string text) {
  control_.note(level, std::move(text));
}

void Engine::shut(const Place& server, telemetry::Cause why) {
  for (const auto& worker : crew_)
    worker->post([&one = *worker, server, why] { one.shut(server, why); });
}

void Engine::ask(const Place& server, std::function<void(check::Watch&)> what) {
  Worker* const worker = checkers_[server.backend->index][server.server];
  if (worker == nullptr) return;
  worker->post([worker, server, what = std::move(what)] {
    if (check::Watch* watch = worker->checks().find(server)) what(*watch);
  });
}

void Engine::ask_agent(const Place& server, std::function<void(check::AgentWatch&)> what) {
  Worker* const worker = checkers_[server.backend->index][server.server];
  if (worker == nullptr) return;
  worker->post([worker, server, what = std::move(what)] {
    if (check::AgentWatch* watch = worker->checks().find_agent(server)) what(*watch);
  });
}

}  // namespace lb
