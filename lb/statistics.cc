#include "lb/statistics.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "conf/algorithm.h"
#include "lb/server_status.h"
#include "lb/version.h"

namespace lb {
namespace {

using check::Place;
using telemetry::Snapshot;
using telemetry::Totals;

constexpr std::size_t kPart = 256;  // servers of a backend that are looked at under one lock

// What checks and agents have heard, by backend and server.
struct HeardAll {
  std::vector<std::vector<const check::Heard*>> checks;
  std::vector<std::vector<const check::Heard*>> agents;
};

HeardAll sort(const Fleet& fleet, const Worker::Heard& heard) {
  HeardAll all;
  for (const proxy::Backend& backend : fleet.backends) {
    all.checks.emplace_back(backend.servers.size(), nullptr);
    all.agents.emplace_back(backend.servers.size(), nullptr);
  }
  for (const check::HeardOf& one : heard)
    (one.agent ? all.agents : all.checks)[one.of.backend->index][one.of.server] = &one.heard;
  return all;
}

std::uint32_t whole(std::uint64_t weight) {
  return static_cast<std::uint32_t>((weight + balancer::kWeightScale - 1) / balancer::kWeightScale);
}

std::uint64_t seconds(balancer::Tick from, balancer::Tick to) {
  return to > from ? (to - from) / 1000 : 0;
}

// Of servers on all workers: each one's average by how many it has of the last ones.
telemetry::MeanTimes times_of(const std::vector<const proxy::Server*>& servers) {
  const auto mean = [&](telemetry::Times telemetry::SessionTimes::* which) {
    telemetry::Gauge level;
    std::uint64_t sum = 0;
    std::uint64_t samples = 0;
    for (const proxy::Server* server : servers) {
      for (const telemetry::ServerCounters& one : server->counters.all()) {
        sum += (one.times.*which).sum();
        samples += std::min(one.times.samples(), telemetry::Times::kWindow);
        level.most = std::max(level.most, (one.times.*which).most());
      }
    }
    level.now = samples == 0 ? 0 : (sum + samples - 1) / samples;
    return level;
  };
  return {.queue = mean(&telemetry::SessionTimes::queue),
          .connect = mean(&telemetry::SessionTimes::connect),
          .total = mean(&telemetry::SessionTimes::total)};
}

Totals totals_of(const telemetry::PerWorker<telemetry::ServerCounters>& workers) {
  using C = telemetry::ServerCounters;
  return {.sessions = workers.sum(&C::sessions),
          .bytes_in = workers.sum(&C::bytes_in),
          .bytes_out = workers.sum(&C::bytes_out),
          .failed_connects = workers.sum(&C::failed_connects),
          .failed_responses = workers.sum(&C::failed_responses),
          .retries = workers.sum(&C::retries),
          .redispatches = workers.sum(&C::redispatches),
          .chosen = workers.sum(&C::chosen),
          .connects = workers.sum(&C::connects),
          .client_aborts = workers.sum(&C::client_aborts),
          .server_aborts = workers.sum(&C::server_aborts)};
}

// HAProxy's word.
std::string status_of(const proxy::Frontend& frontend) {
  switch (frontend.standing) {
    case proxy::Frontend::Standing::kOpen:
      return "OPEN";
    case proxy::Frontend::Standing::kPaused:
      return "PAUSED";
    case proxy::Frontend::Standing::kShut:
      break;
  }
  return "STOP";
}

telemetry::FrontendStat stat_of(Fleet& fleet, const proxy::Frontend& frontend,
                                std::uint32_t process_limit, balancer::Tick now) {
  using C = telemetry::FrontendCounters;
  const auto& counters = frontend.counters;
  const std::uint32_t limit = frontend.limit.max();
  return {.name = frontend.config.name,
          .iid = fleet.number_of(frontend),
          .status = status_of(frontend),
          .sessions = {frontend.limit.taken(), frontend.limit.most()},
          .limit = limit == proxy::Frontend::kNoLimit ? process_limit : limit,
          .rate_limit = frontend.config.rate_limit,
          .session_rate = {frontend.sessions.rate(now), frontend.sessions.most()},
          .connection_rate = {frontend.connections.rate(now), frontend.connections.most()},
          .totals = {.connections = counters.sum(&C::connections),
                     .sessions = counters.sum(&C::sessions),
                     .bytes_in = counters.sum(&C::bytes_in),
                     .bytes_out = counters.sum(&C::bytes_out),
                     .denied_connections = counters.sum(&C::denied_connections),
                     .denied_sessions = counters.sum(&C::denied_sessions)}};
}

telemetry::ServerStat stat_of(Fleet& fleet, const Place& place, const balancer::ServerView& view,
                              const HeardAll& heard, balancer::Tick now) {
  const conf::Server& config = place.config();
  const proxy::Whereabouts& where = place.at_work().where;
  const balancer::Facts& facts = view.facts;
  telemetry::ServerStat stat;
  stat.name = config.name;
  stat.sid = config.id;
  stat.up = balancer::is_up(facts);
  stat.stopping = facts.stopping;
  stat.maintenance = facts.admin == balancer::Admin::kMaint || facts.lost;
  stat.drain = facts.admin == balancer::Admin::kDrain;
  stat.inherits_maintenance = facts.inherited == balancer::Admin::kMaint;
  stat.inherits_drain = facts.inherited == balancer::Admin::kDrain;
  stat.disabled = config.disabled;
  stat.unresolved = !where.address;
  stat.backup = config.backup;
  stat.checked = config.check.has_value();
  const bool well =
      facts.health == balancer::Health::kUp || facts.health == balancer::Health::kGoingDown;
  stat.down_by_agent = well && facts.agent_down;
  stat.down_by_ejection = well && !facts.agent_down && facts.ejected;
  stat.queue = {view.queued, view.most_queued};
  stat.sessions = {view.open, view.most_open};
  stat.limit = facts.maxconn;
  stat.initial_limit = config.maxconn;
  stat.queue_limit = config.maxqueue;
  stat.weight = whole(view.weight);
  stat.user_weight = facts.operator_weight.value_or(facts.weight);
  stat.initial_weight = config.weight;
  stat.throttle = view.starting;
  stat.starting = view.starting.has_value();
  stat.rate = {view.rate, view.most_rate};
  stat.changed_s = seconds(view.history.changed, now);
  const bool is_down = !stat.up;
  stat.down_s = (view.history.down_ms + (is_down ? now - view.history.changed : 0)) / 1000;
  if (view.last) stat.last_session_s = seconds(*view.last, now);
  stat.times = times_of({&place.at_work()});
  stat.totals = totals_of(place.at_work().counters);
  stat.totals.downs = view.history.downs;
  if (where.address) {
    const bool unix_socket = where.address->family == conf::Family::kUnix;
    stat.host = conf::host_of(*where.address);
    stat.port = unix_socket ? 0 : where.address->port;
    stat.address = unix_socket ? "unix" : conf::to_string(*where.address);
  }
  if (where.address && where.address != config.address) {
    stat.moved_to = where.address;
    stat.moved_from = config.address;
  }
  stat.fqdn = config.host;

  const Place root = fleet.root_of(place);
  if (root != place)
    stat.tracked = fmt::format("{}/{}", root.backend->config.name, root.config().name);
  std::optional<Lives> lives;
  const check::Heard* const decides = heard.checks[root.backend->index][root.server];
  if (decides != nullptr && !decides->disabled)
    lives = Lives{decides->lives, root.config().check->rise, root.config().check->fall};
  stat.status =
      status_of(facts, place.at_work(), lives, stat.inherits_maintenance ? stat.tracked : "");

  if (const check::Heard* own = heard.checks[place.backend->index][place.server]) {
    stat.totals.failed_checks = own->failures;
    stat.check = lb::stat_of(*own);
    stat.check_disabled = own->disabled;
    stat.check->rise = config.check->rise;
    stat.check->fall = config.check->fall;
    stat.check_port = where.check_port.value_or(0);
    if (where.check_address) stat.check_address = conf::host_of(*where.check_address);
  }
  if (const check::Heard* agent = heard.agents[place.backend->index][place.server]) {
    stat.agent = lb::stat_of(*agent);
    stat.agent_disabled = agent->disabled;
    stat.agent->rise = stat.agent->fall = 1;
    stat.agent->health = facts.agent_down ? 0 : 1;
    stat.agent_port = config.agent->port;
    if (config.agent->address) stat.agent_address = conf::host_of(*config.agent->address);
  }
  return stat;
}

// HAProxy's: a tenth of what its frontends may bring.
std::uint32_t fullconn_of(const Fleet& fleet, const proxy::Backend& backend,
                          std::uint32_t process_limit) {
  if (backend.config.fullconn != 0) return backend.config.fullconn;
  std::uint64_t most = 0;
  for (const proxy::Frontend& frontend : fleet.frontends)
    if (&frontend.backend == &backend)
      most += frontend.config.maxconn != 0 ? frontend.config.maxconn : process_limit;
  return static_cast<std::uint32_t>(std::max<std::uint64_t>((most + 9) / 10, 1));
}

telemetry::BackendStat stat_of(Fleet& fleet, proxy::Backend& backend, const HeardAll& heard,
                               std::uint32_t process_limit, balancer::Tick now) {
  using C = telemetry::BackendCounters;
  const balancer::BackendView view = backend.choice.view_of_all(now);
  telemetry::BackendStat stat;
  stat.name = backend.config.name;
  stat.iid = fleet.number_of(backend);
  stat.up = view.up;
  stat.algorithm = conf::name_of(backend.config.balance.by);
  stat.queue = {view.queued, view.most_queued};
  stat.sessions = {view.sessions, view.most_sessions};
  stat.limit = fullconn_of(fleet, backend, process_limit);
  stat.active = view.active;
  stat.backup = view.backup;
  stat.rate = {view.rate, view.most_rate};
  stat.changed_s = seconds(view.history.changed, now);
  stat.down_s = (view.history.down_ms + (view.up ? 0 : now - view.history.changed)) / 1000;
  std::uint64_t weight = 0;
  std::vector<const proxy::Server*> known;
  const balancer::ServerId count = backend.servers.size();
  stat.servers.reserve(count);
  stat.totals = totals_of(backend.gone);
  for (balancer::ServerId first = 0; first < count; first += kPart) {
    balancer::ServerId next = first;
    for (const balancer::ServerView& server : backend.choice.view(first, kPart, now)) {
      const Place place{.backend = &backend, .server = next++};
      if (!backend.servers.known(place.server)) continue;
      known.push_back(&place.at_work());
      if (!backend.servers.present(place.server)) {
        stat.totals += totals_of(place.at_work().counters);
        continue;
      }
      stat.servers.push_back(stat_of(fleet, place, server, heard, now));
      const telemetry::ServerStat& added = stat.servers.back();
      stat.totals += added.totals;
      if (server.serves) weight += server.weight;
      if (server.serves) stat.user_weight += added.user_weight;
      const auto last = added.last_session_s;
      if (last) stat.last_session_s = std::min(stat.last_session_s.value_or(*last), *last);
    }
  }
  stat.times = times_of(known);
  stat.weight = whole(weight);
  stat.totals.sessions = backend.counters.sum(&C::sessions);
  stat.totals.failed_connects += backend.counters.sum(&C::failed_connects);
  stat.totals.client_aborts += backend.counters.sum(&C::client_aborts);
  stat.totals.downs = view.history.downs;
  return stat;
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

}  // namespace

Statistics::Statistics(Engine& engine, const Capacity& capacity)
    : engine_(engine),
      capacity_(capacity),
      began_(engine.now()),
      started_s_(std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch())
                     .count()) {}

void Statistics::take(Taken then) {
  engine_.settle([this, then = std::move(then)](const Worker::Heard& heard) {
    auto snapshot = std::make_shared<Snapshot>(gather(heard));
    take_off(*snapshot);
    then(std::move(snapshot));
  });
}

telemetry::ProcessStat Statistics::process() const {
  const balancer::Tick now = engine_.now();
  telemetry::ProcessStat stat;
  stat.version = version();
  stat.threads = capacity_.threads;
  stat.pid = getpid();
  stat.uptime_s = static_cast<double>(now - began_) / 1000;
  stat.started_s = started_s_;
  stat.descriptors = capacity_.descriptors;
  stat.maxconn = engine_.shared().sessions.max();
  stat.hard_maxconn = engine_.gates().most_maxconn();
  stat.connection_rate_limit = engine_.shared().rates.connections.rate();
  stat.session_rate_limit = engine_.shared().rates.sessions.rate();
  stat.sessions = engine_.shared().sessions.taken();
  stat.maxpipes = capacity_.maxpipes;
  stat.connection_rate = {engine_.shared().connections.rate(now),
                          engine_.shared().connections.most()};
  stat.session_rate.most = stat.connection_rate.most;
  for (const proxy::Frontend& frontend : engine_.fleet().frontends) {
    using C = telemetry::FrontendCounters;
    stat.connections += frontend.counters.sum(&C::connections);
    stat.admitted += frontend.counters.sum(&C::sessions);
    stat.bytes_out += frontend.counters.sum(&C::bytes_out) + frontend.counters.sum(&C::bytes_in);
    stat.session_rate.now += frontend.sessions.rate(now);
  }
  stat.node = host_name();
  stat.stopping = stopping_;
  stat.listeners = static_cast<std::uint32_t>(engine_.gates().listeners());
  stat.busy_polling = engine_.shared().busy_poll.count() != 0;
  return stat;
}

Snapshot Statistics::gather(const Worker::Heard& heard) const {
  Fleet& fleet = engine_.fleet();
  const balancer::Tick now = engine_.now();
  const std::uint32_t limit = engine_.gates().most_maxconn();  // HAProxy's too is the first one
  const HeardAll sorted = sort(fleet, heard);
  Snapshot snapshot{.process = process(), .frontends = {}, .backends = {}};
  for (const proxy::Frontend& frontend : fleet.frontends)
    snapshot.frontends.push_back(stat_of(fleet, frontend, limit, now));
  for (proxy::Backend& backend : fleet.backends)
    snapshot.backends.push_back(stat_of(fleet, backend, sorted, limit, now));
  return snapshot;
}

void Statistics::take_off(Snapshot& snapshot) const {
  if (cleared_.empty()) return;
  const auto take_off = [this](Totals& totals, const std::string& name) {
    const auto found = cleared_.find(name);
    if (found != cleared_.end()) totals -= found->second;
  };
  for (auto& frontend : snapshot.frontends) take_off(frontend.totals, frontend.name);
  for (auto& backend : snapshot.backends) {
    take_off(backend.totals, backend.name + "/");
    for (auto& server : backend.servers)
      take_off(server.totals, fmt::format("{}/{}", backend.name, server.name));
  }
}

void Statistics::forget(const Place& server) {
  cleared_.erase(fmt::format("{}/{}", server.backend->config.name, server.config().name));
}

void Statistics::clear(bool all, std::function<void()> then) {
  engine_.shared().connections.forget_most();
  for (proxy::Frontend& frontend : engine_.fleet().frontends) {
    frontend.limit.forget_most();
    frontend.connections.forget_most();
    frontend.sessions.forget_most();
  }
  for (proxy::Backend& backend : engine_.fleet().backends) backend.choice.forget_most();
  auto times_forgotten = [this, all, then = std::move(then)] {
    engine_.crew().each([all](Worker& worker) { worker.forget_times(all); }, then);
  };
  if (!all) return times_forgotten();
  engine_.settle([this, next = std::move(times_forgotten)](const Worker::Heard& heard) {
    const Snapshot now = gather(heard);
    for (const auto& frontend : now.frontends) cleared_[frontend.name] = frontend.totals;
    for (const auto& backend : now.backends) {
      cleared_[backend.name + "/"] = backend.totals;
      for (const auto& server : backend.servers)
        cleared_[fmt::format("{}/{}", backend.name, server.name)] = server.totals;
    }
    next();
  });
}

void Statistics::clear(const Place& server, std::function<void()> then) {
  server.backend->choice.forget_most(server.server);
  engine_.settle([this, server, name = server.config().name,
                  then = std::move(then)](const Worker::Heard& heard) {
    const Snapshot now = gather(heard);
    for (const auto& stat : now.backends[server.backend->index].servers)
      if (stat.name == name)
        cleared_[fmt::format("{}/{}", server.backend->config.name, name)] = stat.totals;
    engine_.crew().each([server](Worker& worker) { worker.forget_times(server); }, then);
  });
}

}  // namespace lb
