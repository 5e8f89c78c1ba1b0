#include "lb/engine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace lb {
namespace {

// What would be right, where the system's word alone does not say it.
std::string_view advice(int error, const conf::Bind& bind) {
  const bool unix_socket = bind.address.family == conf::Family::kUnix;
  switch (error) {
    case EADDRINUSE:
      return unix_socket ? "; another process answers there"
                         : "; `ss -ltnp` shows who listens there";
    case EADDRNOTAVAIL:
      return "; bind to an address that this machine has";
    case EEXIST:
      return "; what is there is no socket: remove it or choose another path";
    case ENOENT:
      return "; make the directory first";
    case EACCES:
    case EPERM:
      return unix_socket ? "; the directory must be writable for this user"
                         : "; ports below 1024 want root or CAP_NET_BIND_SERVICE";
    default:
      return "";
  }
}

}  // namespace

Engine::Engine(const conf::Config& config, const Capacity& capacity, telemetry::LogWriter& log)
    : shared_{.sessions = balancer::Limit(capacity.maxconn),
              .workers = capacity.threads,
              .resume = {},
              .idle = {}} {
  for (const conf::Backend& backend : config.backends)
    backends_.emplace_back(backend, static_cast<balancer::Waker&>(*this));
  for (const conf::Frontend& frontend : config.frontends) {
    const auto to = std::ranges::find(backends_, frontend.backend,
                                      [](const proxy::Backend& b) { return b.config.name; });
    frontends_.emplace_back(frontend, *to);
  }
  for (std::uint32_t i = 0; i < capacity.threads; ++i) {
    // The first workers take what does not divide evenly.
    const std::uint32_t pipes =
        capacity.maxpipes / capacity.threads + (i < capacity.maxpipes % capacity.threads ? 1 : 0);
    workers_.push_back(std::make_unique<Worker>(shared_, i, net::PipePool(pipes), log.channel(i)));
  }
  shared_.resume = [this](std::uint32_t worker) {
    Worker& one = *workers_[worker];
    one.post([&one] { one.resume_accepting(); });
  };
}

Engine::~Engine() { remove_unix_paths(); }

void Engine::remove_unix_paths() {
  for (const std::string& path : unix_paths_) unlink(path.c_str());
  unix_paths_.clear();
}

std::optional<std::string> Engine::bind(net::Opener& opener) {
  for (proxy::Frontend& frontend : frontends_) {
    for (const conf::Bind& bind : frontend.config.binds) {
      const net::Status opened = open(bind, frontend, opener);
      if (opened.ok()) continue;
      return fmt::format("{}:{}: frontend {}: cannot listen on {}: {}{}", bind.place.file,
                         bind.place.line, frontend.config.name, conf::to_string(bind.address),
                         opened.message(), advice(opened.error(), bind));
    }
  }
  return std::nullopt;
}

net::Status Engine::open(const conf::Bind& asked, proxy::Frontend& frontend, net::Opener& opener) {
  if (auto free = opener.probe(asked); !free.ok()) return free;
  conf::Bind bind = asked;
  net::Fd shared;  // of a UNIX socket, which the other workers listen on as well
  for (const auto& worker : workers_) {
    net::Fd fd;
    if (shared) {
      fd = net::Fd(fcntl(shared.get(), F_DUPFD_CLOEXEC, 0));
      if (!fd) return net::Status(errno);
    } else {
      auto opened = opener.listen(bind, frontend.config.tcp);
      if (!opened) return opened.error();
      fd = std::move(*opened);
      if (bind.address.family == conf::Family::kUnix) {
        unix_paths_.push_back(bind.address.path);
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
  busy_ = workers_.size();
  shared_.idle = [this, idle = std::move(idle)] {
    if (--busy_ == 0) idle();
  };
  std::size_t running = 0;
  try {
    for (; running < workers_.size(); ++running) workers_[running]->start();
  } catch (const std::system_error& error) {
    for (std::size_t i = 0; i < running; ++i)
      workers_[i]->post([&one = *workers_[i]] { one.quit(); });
    for (std::size_t i = 0; i < running; ++i) workers_[i]->join();
    return fmt::format(
        "cannot start worker {} of {}: {}; raise the limit of threads (TasksMax= in a unit, ulimit "
        "-u) or lower "
        "global.threads",
        running + 1, workers_.size(), error.code().message());
  }
  return std::nullopt;
}

void Engine::drain() {
  remove_unix_paths();
  for (const auto& worker : workers_) worker->post([&one = *worker] { one.drain(); });
}

void Engine::cut() {
  remove_unix_paths();
  for (const auto& worker : workers_) worker->post([&one = *worker] { one.cut(); });
}

void Engine::join() {
  for (const auto& worker : workers_) worker->post([&one = *worker] { one.quit(); });
  for (const auto& worker : workers_) worker->join();
}

void Engine::granted(balancer::Grant grant) {
  Worker& worker = *workers_[grant.to.worker];
  worker.post([&worker, grant = std::move(grant)]() mutable { worker.granted(std::move(grant)); });
}

std::vector<WorkerTotals> Engine::totals() const {
  std::vector<WorkerTotals> totals;
  totals.reserve(workers_.size());
  for (const auto& worker : workers_) totals.push_back(worker->totals());
  return totals;
}

Held Engine::held() const {
  Held all;
  all.slots = shared_.sessions.taken();
  for (const proxy::Frontend& frontend : frontends_)
    all.slots += frontend.limit.taken() + frontend.sources();
  for (const proxy::Backend& backend : backends_) {
    all.slots += backend.choice.queued();
    for (const balancer::ServerView& server : backend.choice.view()) all.slots += server.open;
  }
  for (const auto& worker : workers_) {
    const WorkerHeld held = worker->held();
    all.sessions += held.sessions;
    all.timers += held.timers;
    all.pipes += held.pipes;
  }
  return all;
}

}  // namespace lb
