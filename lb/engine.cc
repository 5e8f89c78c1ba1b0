#include "lb/engine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace lb {

Engine::Engine(const conf::Config& config, const Capacity& capacity, telemetry::LogWriter& log,
               Control control)
    : shared_{.sessions = balancer::Limit(capacity.maxconn),
              .workers = capacity.threads,
              .busy_poll = config.global.busy_poll,
              .resume = {},
              .crossed = {},
              .idle = {}},
      control_(std::move(control)),
      crew_(control_.post),
      supervisor_(static_cast<check::Hands&>(*this)),
      drains_(crew_, control_.note),
      gates_(shared_, fleet_, crew_),
      rebalances_(crew_, control_.note) {
  for (const conf::Backend& backend : config.backends)
    fleet_.backends.emplace_back(backend, fleet_.backends.size(), capacity.threads,
                                 static_cast<balancer::Waker&>(*this), net::read_clock());
  for (const conf::Frontend& frontend : config.frontends) {
    const auto to = std::ranges::find(fleet_.backends, frontend.backend,
                                      [](const proxy::Backend& b) { return b.config.name; });
    fleet_.frontends.emplace_back(frontend, *to, capacity.threads, shared_.rates);
  }
  for (std::uint32_t i = 0; i < capacity.threads; ++i) {
    // The first workers take what does not divide evenly.
    const std::uint32_t pipes =
        capacity.maxpipes / capacity.threads + (i < capacity.maxpipes % capacity.threads ? 1 : 0);
    auto worker = std::make_unique<Worker>(shared_, i, net::PipePool(pipes), log.channel(i));
    for (proxy::Backend& backend : fleet_.backends) worker->attend(backend);
    crew_.add(std::move(worker));
  }
  shared_.resume = [this](std::uint32_t worker) {
    Worker& one = crew_[worker];
    one.post([&one] { one.resume_accepting(); });
  };
  shared_.crossed = [this](check::Place server, balancer::Crossing crossing) {
    control_.post([this, server, crossing] {
      if (is_here(server)) supervisor_.crossed(server, crossing);
    });
  };
  assign_checks();
  for (proxy::Backend& backend : fleet_.backends) rebalances_.watch(backend);
}

Engine::~Engine() { gates_.remove_unix_paths(); }

std::optional<std::string> Engine::bind(net::Opener& opener) {
  for (proxy::Frontend& frontend : fleet_.frontends) {
    for (const conf::Bind& bind : frontend.config.binds) {
      const net::Status opened = open(bind, frontend, opener);
      if (opened.ok()) continue;
      return fmt::format("{}:{}: frontend {}: cannot listen on {}: {}{}", bind.place.file,
                         bind.place.line, frontend.config.name, conf::to_string(bind.address),
                         opened.message(), net::advice(opened.error(), bind.address));
    }
  }
  return std::nullopt;
}

net::Status Engine::open(const conf::Bind& asked, proxy::Frontend& frontend, net::Opener& opener) {
  if (auto free = opener.probe(asked); !free.ok()) return free;
  conf::Bind bind = asked;
  net::Fd shared;  // of a UNIX socket, which the other workers listen on as well
  for (const auto& worker : crew_) {
    net::Fd fd;
    if (shared) {
      fd = net::Fd(fcntl(shared.get(), F_DUPFD_CLOEXEC, 0));
      if (!fd) return net::Status(errno);
    } else {
      auto opened = opener.listen(bind, frontend.config.tcp);
      if (!opened) return opened.error();
      fd = std::move(*opened);
      if (bind.address.family == conf::Family::kUnix) {
        gates_.add_unix_path(frontend, bind.address.path);
        shared = net::Fd(fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
        if (!shared) return net::Status(errno);
      } else if (bind.address.port == 0) {
        const auto got = net::bound_address(fd.get());
        if (!got) return got.error();
        bind.address.port = got->port;
      }
    }
    if (auto listens = worker->listen(frontend, asked, std::move(fd)); !listens.ok())
      return listens;
  }
  listening_.push_back({.frontend = frontend.config.name, .address = bind.address});
  return {};
}

std::optional<std::string> Engine::start(std::function<void()> idle) {
  busy_ = crew_.size();
  shared_.idle = [this, idle = std::move(idle)] {
    if (--busy_ == 0) idle();
  };
  std::size_t running = 0;
  try {
    for (; running < crew_.size(); ++running) crew_[running].start();
  } catch (const std::system_error& error) {
    for (std::size_t i = 0; i < running; ++i) crew_[i].post([&one = crew_[i]] { one.quit(); });
    for (std::size_t i = 0; i < running; ++i) crew_[i].join();
    return fmt::format(
        "cannot start worker {} of {}: {}; raise the limit of threads (TasksMax= in a unit, ulimit "
        "-u) or lower "
        "global.threads",
        running + 1, crew_.size(), error.code().message());
  }
  return std::nullopt;
}

void Engine::drain() {
  rebalances_.stop();  // who is closed now finds nobody here
  gates_.remove_unix_paths();
  for (const auto& worker : crew_) worker->post([&one = *worker] { one.drain(); });
}

void Engine::close_within(std::chrono::milliseconds time) {
  const net::Tick start = net::read_clock();
  const balancer::DrainOrder order{.mode = balancer::DrainOrder::Mode::kDeadline,
                                   .start = start,
                                   .deadline = start + static_cast<net::Tick>(time.count())};
  crew_.each([order](Worker& worker) { worker.start_drains(order); });
}

void Engine::cut() {
  gates_.remove_unix_paths();
  for (const auto& worker : crew_) worker->post([&one = *worker] { one.cut(); });
}

void Engine::join() {
  for (const auto& worker : crew_) worker->post([&one = *worker] { one.quit(); });
  for (const auto& worker : crew_) worker->join();
}

void Engine::settle(std::function<void(Worker::Heard)> then) {
  const auto heard = std::make_shared<std::vector<Worker::Heard>>(crew_.size());
  crew_.each_in_turns(
      [heard](Worker& worker, const Crew::Done& done) {
        worker.settle([heard, done, number = worker.index()](Worker::Heard mine) {
          (*heard)[number] = std::move(mine);
          done();
        });
      },
      [heard, then = std::move(then)] {
        Worker::Heard all;
        for (Worker::Heard& one : *heard)
          all.insert(all.end(), std::move_iterator(one.begin()), std::move_iterator(one.end()));
        then(std::move(all));
      });
}

void Engine::pulse() {
  for (proxy::Backend& backend : fleet_.backends)
    if (backend.choice.starting()) backend.choice.step(net::read_clock());
  supervisor_.pulse();
  drains_.pulse();
  rebalances_.pulse();
  free_those_who_left();
}

balancer::Facts Engine::facts_of(const check::Place& server) {
  return server.backend->choice.view(server.server, 1, net::read_clock()).front().facts;
}

void Engine::drain_server(const check::Place& server, const DrainWish& wish) {
  drains_.wish(server, wish);
  if (facts_of(server).admin == balancer::Admin::kDrain) return begin_drain(server);
  supervisor_.set_admin(server, balancer::Admin::kDrain);
}

void Engine::restore(const check::Place& server, const check::Restored& before,
                     const std::optional<DrainWish>& wish) {
  if (wish) drains_.wish(server, *wish);
  if (before.address) {
    proxy::Whereabouts& where = server.at_work().where;
    where.address = before.address;
    for (const auto& worker : crew_) worker->move(server, where);
    supervisor_.found(server);
  }
  supervisor_.restore(server, before);
}

void Engine::admin_is(const check::Place& server, balancer::Admin admin) {
  const bool leaves = admin != balancer::Admin::kReady;
  // A drain asks first what there is, so that it can tell who was sent elsewhere.
  if (admin == balancer::Admin::kDrain) begin_drain(server);
  if (admin == balancer::Admin::kReady) {
    drains_.abort(server);
    // For its health its sessions still have to end.
    const bool drains = server.config().on_marked_down == conf::OnMarkedDown::kDrain;
    if (drains && !balancer::is_up(facts_of(server))) drain_sessions(server);
  }
  crew_.each([server, leaves](Worker& worker) { worker.set_leaving(server, leaves); });
}

// Nothing ends by itself at a server that is down. What an operator has asked for goes on.
void Engine::drain_sessions(const check::Place& server) {
  if (drains_.drains(server)) return;
  if (!server.backend->config.drain.deadline)
    drains_.wish(server, {.mode = DrainWish::Mode::kWhenQuiet});
  begin_drain(server);
}

void Engine::keep_sessions(const check::Place& server) {
  if (facts_of(server).admin == balancer::Admin::kReady) drains_.abort(server);
}

void Engine::begin_drain(const check::Place& server) {
  drains_.start(server);
  control_.pulse_again();
}

void Engine::rebalance(proxy::Backend& backend, const RebalanceWish& wish,
                       const Rebalances::Then& then) {
  rebalances_.start(backend, wish, then);
  control_.pulse_again();
}

void Engine::granted(balancer::Grant grant) {
  Worker& worker = crew_[grant.to.worker];
  worker.post([&worker, grant = std::move(grant)]() mutable { worker.granted(std::move(grant)); });
}

std::vector<WorkerTotals> Engine::totals() const {
  std::vector<WorkerTotals> totals;
  totals.reserve(crew_.size());
  for (const auto& worker : crew_) totals.push_back(worker->totals());
  return totals;
}

Held Engine::held() const {
  Held all;
  all.slots = shared_.sessions.taken();
  for (const proxy::Frontend& frontend : fleet_.frontends)
    all.slots += frontend.limit.taken() + frontend.sources();
  for (const proxy::Backend& backend : fleet_.backends) all.slots += backend.choice.sessions();
  for (const auto& worker : crew_) {
    const WorkerHeld held = worker->held();
    all.sessions += held.sessions;
    all.timers += held.timers;
    all.pipes += held.pipes;
  }
  return all;
}

}  // namespace lb
