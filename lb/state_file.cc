#include "lb/state_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "lb/admin/show_servers.h"
#include "lb/net/whole_file.h"
#include "lb/restore.h"
#include "lb/state_text.h"

namespace lb {
namespace {

using std::chrono::milliseconds;
using telemetry::Level;

constexpr std::size_t kMost = std::size_t{32} << 20;  // bytes that are read: some 200,000 servers
constexpr milliseconds kByOperator{300};
constexpr milliseconds kByItself{5000};
constexpr milliseconds kOnceMore{10'000};  // after a fault
constexpr milliseconds kAtTheEnd{5000};    // a disk that takes longer is not waited for

using Drains = std::unordered_map<std::string, StoredDrain>;  // by "backend/server"

Drains drains_of(const Engine& engine) {
  const auto epoch = std::chrono::system_clock::now().time_since_epoch();
  const std::int64_t now = std::chrono::duration_cast<milliseconds>(epoch).count();
  Drains drains;
  for (const auto& [server, order] : engine.drains().orders()) {
    StoredDrain drain{.mode = order.mode,
                      .quiet_time = static_cast<std::uint32_t>(order.quiet_time),
                      .pace = order.pace};
    if (order.mode == balancer::DrainOrder::Mode::kDeadline)
      drain.until = now + static_cast<std::int64_t>(order.deadline - engine.now());
    drains[fmt::format("{}/{}", server.backend->config.name, server.config().name)] = drain;
  }
  return drains;
}

StoredMore more_of(const std::string& backend, const telemetry::ServerStat& server,
                   const Drains& drains) {
  StoredMore more;
  if (server.limit != server.initial_limit) {
    more.maxconn = server.limit;
    more.initial_maxconn = server.initial_limit;
  }
  more.address = server.moved_to;
  more.moved_from = server.moved_from;
  more.agent_down = server.down_by_agent;
  more.ejected = server.down_by_ejection;
  if (!server.drain) return more;
  if (const auto found = drains.find(fmt::format("{}/{}", backend, server.name));
      found != drains.end())
    more.drain = found->second;
  return more;
}

std::string_view advice(int error) {
  const bool directory = error == ENOENT || error == EACCES || error == EPERM || error == EROFS;
  return directory ? ": its directory must be there and writable for this user" : "";
}

std::string text_of(const telemetry::Snapshot& snapshot, const Drains& drains) {
  std::string text(admin::state_header());
  for (const telemetry::BackendStat& backend : snapshot.backends) {
    for (const telemetry::ServerStat& server : backend.servers) {
      admin::append_state(text, backend, server);
      append_more(text, more_of(backend.name, server, drains));
    }
  }
  return text;
}

}  // namespace

StateFile::StateFile(std::string path, net::Opener& opener, net::Loop& loop, Control control)
    : path_(std::move(path)),
      opener_(opener),
      control_(std::move(control)),
      timer_(loop,
             [this] {
               due_.reset();
               write();
             }),
      last_(loop, [this] { give_up(); }) {}

StateFile::~StateFile() {
  if (!writer_.joinable()) return;
  // It hangs in a call that nothing ends but the end of the process.
  if (abandoned_) std::_Exit(EXIT_FAILURE);
  writer_.join();
}

void StateFile::restore(Engine& engine) {
  const auto text = net::read_file(opener_, path_, kMost);
  if (text) return lb::restore(*text, engine, control_.note);
  if (text.error().error() == ENOENT)
    return control_.note(Level::kNotice,
                         fmt::format("there is no state file {} yet; servers are what the "
                                     "configuration says",
                                     path_));
  control_.note(Level::kWarning,
                fmt::format("cannot read the state file {}: {}; servers are what the configuration "
                            "says",
                            path_, text.error().message()));
}

void StateFile::keep(Engine& engine, Statistics& statistics) {
  engine_ = &engine;
  statistics_ = &statistics;
  if (const net::Status may = net::may_replace_file(path_); !may.ok()) tell(may);
}

void StateFile::changed() { write_within(kByOperator); }

void StateFile::changed_by_itself() { write_within(kByItself); }

void StateFile::write_within(milliseconds time) {
  if (engine_ == nullptr) return;
  const net::Tick due = net::read_clock() + static_cast<net::Tick>(time.count());
  if (due_ && *due_ <= due) return;
  due_ = due;
  timer_.start(time);
}

void StateFile::finish(std::function<void()> then) {
  finished_ = std::move(then);
  last_.start(kAtTheEnd);
  write();
}

void StateFile::give_up() {
  if (!finished_) return;
  control_.note(Level::kWarning,
                fmt::format("the state file {} is not written in time; it stays as it was", path_));
  abandoned_ = true;
  std::exchange(finished_, nullptr)();
}

// Changes that come while it is written are written after it.
void StateFile::write() {
  if (std::exchange(writing_, true)) {
    once_more_ = true;
    return;
  }
  statistics_->take([this](std::shared_ptr<const telemetry::Snapshot> snapshot) {
    if (writer_.joinable()) writer_.join();  // it has said that it is done
    const net::SignalsBlocked blocked;
    auto job = [this, snapshot = std::move(snapshot), drains = drains_of(*engine_)]() mutable {
      const net::Status written =
          net::replace_file(opener_, path_, text_of(*std::exchange(snapshot, nullptr), drains));
      control_.post([this, written] { wrote(written); });
    };
    try {
      writer_ = std::thread(std::move(job));
    } catch (const std::system_error& error) {
      wrote(net::Status(error.code().value()));
    }
  });
}

void StateFile::wrote(net::Status status) {
  tell(status);
  writing_ = false;
  if (std::exchange(once_more_, false)) return write();
  if (finished_) return std::exchange(finished_, nullptr)();
  if (!status.ok()) write_within(kOnceMore);
}

// A fault that stays is told once.
void StateFile::tell(net::Status status) {
  const bool told = std::exchange(told_fault_, !status.ok());
  if (!status.ok() && !told)
    control_.note(Level::kWarning,
                  fmt::format("cannot write the state file {}: {}; a restart will forget what is "
                              "changed{}",
                              path_, status.message(), advice(status.error())));
  if (status.ok() && told)
    control_.note(Level::kNotice, fmt::format("the state file {} is written again", path_));
}

}  // namespace lb
