#include <algorithm>
#include <atomic>
#include <memory>
#include <unordered_map>
#include <utility>

#include "lb/engine.h"

// How servers come to an engine that is at work, and how they leave it.
namespace lb {
namespace {

using check::Place;

constexpr balancer::Tick kFreeing = 1'000;  // ms between two looks at who still knows a server

void pause(check::Runner& checks, const Place& server) {
  if (check::Watch* watch = checks.find(server)) {
    watch->pause(check::Pause::kMaintenance);
    watch->pause(check::Pause::kByHand);
  }
  if (check::AgentWatch* agent = checks.find_agent(server)) agent->pause();
}

}  // namespace

// It is in maintenance, so nobody gets it before all workers know it.
void Engine::add_server(proxy::Backend& backend, conf::Server server,
                        std::function<void(Place)> then) {
  const balancer::ServerId id = backend.servers.next();
  const Place place{.backend = &backend, .server = id};
  const conf::Server& config = backend.servers.take(id, std::move(server)).config;
  backend.choice.add(id, config, now());
  Worker& checker = crew_[id % crew_.size()];
  crew_.each(
      [place, &checker, add = checks_for(place, checker)](Worker& worker) {
        worker.welcome(place);
        if (&worker != &checker) return;
        add(worker, std::chrono::milliseconds{0}, std::chrono::milliseconds{0});
        pause(worker.checks(), place);
      },
      [this, place, then = std::move(then)] {
        place.backend->servers.arrived(place.server);
        watch(place);
        control_.pulse_again();
        then(place);
      });
}

bool Engine::is_tracked(const Place& server) {
  const auto tracks = [&](proxy::Backend& backend) {
    for (balancer::ServerId id = 0; id < backend.servers.size(); ++id) {
      if (!backend.servers.stays(id)) continue;
      const auto& track = backend.servers[id].config.track;
      if (track && track->backend == server.backend->config.name &&
          track->server == server.config().name)
        return true;
    }
    return false;
  };
  return std::ranges::any_of(fleet_.backends, tracks);
}

std::optional<std::string_view> Engine::what_keeps(const Place& server) {
  const balancer::ServerView view =
      server.backend->choice.view(server.server, 1, net::read_clock()).front();
  if (is_tracked(server))
    return "This server cannot be removed at runtime due to other configuration elements pointing "
           "to it.";
  if (balancer::admin_of(view.facts) != balancer::Admin::kMaint)
    return "Only servers in maintenance mode can be deleted.";
  if (view.open != 0 || view.queued != 0)
    return "Server still has connections attached to it, cannot remove it.";
  return std::nullopt;
}

void Engine::remove_server(const Place& server, std::function<void()> then) {
  // Who is in maintenance gets nobody, so nothing can have come between.
  if (!server.backend->choice.remove(server.server)) return then();
  server.backend->servers.leave(server.server);
  supervisor_.forget(server);
  drains_.forget(server);
  checkers_[server.backend->index][server.server] = nullptr;
  crew_.each([server](Worker& worker) { worker.stop_checks(server); },
             [this, server, then = std::move(then)] {
               leaving_.push_back(server);
               control_.pulse_again();
               then();
             });
}

void Engine::move_server(const Place& server, const proxy::Whereabouts& where,
                         std::function<void()> then) {
  proxy::Server& moved = server.at_work();
  const bool found = !moved.where.address && where.address;
  moved.where = where;
  crew_.each([server, where](Worker& worker) { worker.move(server, where); },
             [this, server, found, then = std::move(then)] {
               if (found && is_here(server)) supervisor_.found(server);
               then();
             });
}

// A session may end long after it has given back its slot, and counts at its server then.
void Engine::free_those_who_left() {
  if (leaving_.empty() || freeing_ || now() < next_freeing_) return;
  next_freeing_ = now() + kFreeing;
  freeing_ = true;
  const auto gone = std::make_shared<std::vector<Place>>(leaving_);
  const auto known = std::make_shared<std::vector<std::atomic<bool>>>(gone->size());
  std::unordered_map<const conf::Server*, std::size_t> indexes;
  for (std::size_t i = 0; i < gone->size(); ++i) indexes.emplace(&(*gone)[i].config(), i);
  const auto look = [indexes = std::move(indexes), known](Worker&, const proxy::Session& session) {
    if (session.at_server() == nullptr) return;
    const auto found = indexes.find(&session.at_server()->config);
    if (found != indexes.end()) (*known)[found->second] = true;
  };
  crew_.walk(look, [this, gone, known] {
    std::size_t index = 0;
    std::erase_if(*gone, [&](const Place&) { return (*known)[index++].load(); });
    crew_.each(
        [gone](Worker& worker) {
          for (const Place& server : *gone) worker.dismiss(server);
        },
        [this, gone] {
          freeing_ = false;
          for (const Place& server : *gone) {
            for (const auto& one : server.at_work().counters.all())
              server.backend->gone.of(0).add(one);
            server.backend->servers.free(server.server);
            std::erase(leaving_, server);
          }
        });
  });
}

}  // namespace lb
