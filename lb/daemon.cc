#include "lb/daemon.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "lb/admin/answer.h"
#include "lb/admin/client_commands.h"
#include "lb/admin/diagnostic_commands.h"
#include "lb/admin/drain_commands.h"
#include "lb/admin/frontend_commands.h"
#include "lb/admin/limit_commands.h"
#include "lb/admin/log_commands.h"
#include "lb/admin/member_commands.h"
#include "lb/admin/process_commands.h"
#include "lb/admin/rebalance_commands.h"
#include "lb/admin/server_commands.h"
#include "lb/admin/session_commands.h"
#include "lb/admin/stat_commands.h"
#include "lb/admin/wait_command.h"
#include "lb/background.h"
#include "lb/net/opener.h"
#include "lb/net/pipe_pool.h"
#include "lb/privileges.h"
#include "lb/telemetry/escape.h"
#include "lb/version.h"

namespace lb {
namespace {

using telemetry::Level;

std::optional<std::string> write_pid(const std::string& path) {
  if (path.empty()) return std::nullopt;
  // A new file, never what a link of that name points to: this may be root in somebody else's
  // directory.
  unlink(path.c_str());
  const net::Fd file(
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  const std::string text = fmt::format("{}\n", getpid());
  if (file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()))
    return std::nullopt;
  return fmt::format("cannot write the pid file {}: {}", path, net::Status(errno).message());
}

// Who changed something, how, and what came of it.
std::string audit_line(const admin::Client& client, std::string_view command,
                       std::string_view result) {
  std::string line = fmt::format("admin {}", client.socket);
  if (client.uid) line += fmt::format(" uid {} pid {}", *client.uid, *client.pid);
  line += ": \"";
  telemetry::append_plain(command, line);
  line += "\": ";
  telemetry::append_plain(result, line);
  return line;
}

// Between two steps of the servers in slow start.
constexpr std::chrono::milliseconds kPulse{100};

}  // namespace

Daemon::Daemon(const conf::Config& config, const Flags& flags, const telemetry::Console& console)
    : config_(config),
      flags_(flags),
      console_(console),
      mailbox_(loop_),
      deadline_(loop_, [this] { cut(); }),
      pulse_(loop_, [this] {
        engine_->pulse();
        pulsing_ = engine_->has_pulse();
        if (pulsing_) pulse_.start(kPulse);
      }) {}

int Daemon::run() {
  std::optional<Background> background;
  if (flags_.daemon) {
    auto forked = Background::fork();
    if (!forked) {
      console_.say(Level::kAlert, "cannot go to the background: " + forked.error().message());
      return EXIT_FAILURE;
    }
    background = std::move(*forked);
    loop_.after_fork();
  }
  if (const auto fault = set_up()) {
    console_.say(Level::kAlert, *fault);
    return EXIT_FAILURE;
  }
  serve(background ? &*background : nullptr);
  say_totals();
  return status_;
}

// The order matters: what needs root comes before root is dropped. The log's thread follows the
// change of user.
std::optional<std::string> Daemon::set_up() {
  std::signal(SIGPIPE, SIG_IGN);
  capacity_ =
      derive_capacity(config_, std::thread::hardware_concurrency(), raise_descriptor_limit());
  if (!capacity_.fault.empty()) return capacity_.fault;
  if (!capacity_.warning.empty()) console_.say(Level::kWarning, capacity_.warning);

  if (!net::splice_works()) {
    capacity_.maxpipes = 0;
    console_.say(Level::kNotice, "this system refuses splice(2); all sessions copy");
  }
  const net::SignalsBlocked blocked;  // in the log's thread
  log_ = std::make_unique<telemetry::LogWriter>(
      log_targets(), capacity_.threads + 1,  // the last channel is the control thread's
      [this](const std::string& path) { return opener_.open_log(path); },
      [this](const telemetry::Note& note) { console_.say(note.level, note.text); });
  if (const auto faults = log_->faults(); !faults.empty())
    return fmt::format("{}", fmt::join(faults, "\n"));
  for (const std::string& warning : log_->warnings()) console_.say(Level::kWarning, warning);
  engine_ = std::make_unique<Engine>(
      config_, capacity_, *log_,
      Engine::Control{
          .post = [this](net::Mailbox::Message message) { mailbox_.post(std::move(message)); },
          .note = [this](Level level, const std::string& text) { tell(level, text); },
          .pulse_again =
              [this] {
                if (!std::exchange(pulsing_, true)) pulse_.start(kPulse);
              },
          .changed =
              [this] {
                if (state_) state_->changed_by_itself();
              }});
  statistics_ = std::make_unique<Statistics>(*engine_, capacity_);
  if (auto fault = engine_->bind(opener_)) return fault;
  if (auto fault = open_admin()) return fault;
  if (auto fault = write_pid(flags_.pid_file)) return fault;
  if (!config_.global.state_file.empty()) {
    state_ = std::make_unique<StateFile>(
        config_.global.state_file, opener_, loop_,
        StateFile::Control{
            .post = [this](net::Mailbox::Message message) { mailbox_.post(std::move(message)); },
            .note = [this](Level level, const std::string& text) { tell(level, text); }});
    state_->restore(*engine_);
  }
  if (auto fault = drop_root(config_.global.user, config_.global.group)) return fault;
  if (state_) state_->keep(*engine_, *statistics_);
  return std::nullopt;
}

// Each family of commands is one line here.
std::optional<std::string> Daemon::open_admin() {
  if (config_.global.admin.empty()) return std::nullopt;
  admin_ = std::make_unique<admin::Server>(
      loop_, commands_,
      [this](const admin::Client& client, std::string_view command, std::string_view result) {
        if (!admin_) return;
        tell(Level::kNotice, audit_line(client, command, result));
        if (state_ && result == admin::kCarriedOut) state_->changed();
      });
  if (auto fault = admin_->open(config_.global.admin, opener_)) return fault;
  admin::add_client_commands(commands_);
  admin::add_server_commands(commands_, *engine_);
  admin::add_member_commands(commands_, *engine_, *statistics_);
  admin::add_drain_commands(commands_, *engine_);
  admin::add_frontend_commands(commands_, *engine_);
  admin::add_limit_commands(commands_, *engine_);
  admin::add_rebalance_commands(commands_, *engine_);
  admin::add_session_commands(commands_, *engine_);
  admin::add_stat_commands(commands_, *engine_, *statistics_);
  admin::add_wait_command(commands_, *engine_, loop_);
  admin::add_log_commands(commands_, [this](auto then) { reopen_logs(std::move(then)); });
  admin::add_diagnostic_commands(commands_, *engine_, admin_->sockets());
  admin::add_process_commands(commands_, {.version = version(), .sockets = admin_->sockets()});
  return std::nullopt;
}

void Daemon::reopen_logs(std::function<void(const std::vector<std::string>& faults)> then) {
  telemetry::LogChannel& channel = log_->channel(capacity_.threads);
  const bool asked = channel.reopen([this, then](std::vector<std::string> faults) mutable {
    mailbox_.post([then = std::move(then), faults = std::move(faults)] { then(faults); });
  });
  channel.flush();
  if (!asked) then({"the log has no room for the order, ask again"});
}

// In the background there is no terminal: a line for stdout or stderr has nowhere to go.
std::vector<conf::LogTarget> Daemon::log_targets() const {
  std::vector<conf::LogTarget> targets = config_.global.logs;
  const auto gone = [](const conf::LogTarget& target) {
    return target.kind == conf::LogTarget::Kind::kStdout ||
           target.kind == conf::LogTarget::Kind::kStderr;
  };
  if (flags_.daemon && std::erase_if(targets, gone) != 0)
    console_.say(Level::kWarning,
                 fmt::format("with -D nothing is logged to stdout or stderr; {}",
                             targets.empty() ? "name a file in global.log to have access lines"
                                             : "the other targets of global.log get their lines"));
  return targets;
}

void Daemon::serve(Background* background) {
  const net::Signal term(loop_, SIGTERM, [this] { on_stop(SIGTERM); });
  const net::Signal interrupt(loop_, SIGINT, [this] { on_stop(SIGINT); });
  const net::Signal drain_now(loop_, SIGUSR1, [this] { drain(); });
  const auto no_reload = [this] {
    say(Level::kNotice, "reload is not available in this version; nothing was changed");
  };
  const net::Signal reload(loop_, SIGUSR2, no_reload);
  const net::Signal hang_up(loop_, SIGHUP, no_reload);

  if (const auto fault = engine_->start([this] { mailbox_.post([this] { finish(); }); })) {
    say(Level::kAlert, *fault);
    status_ = EXIT_FAILURE;
    return;
  }
  say_ready();
  if (admin_) admin_->serve();
  pulsing_ = engine_->has_pulse();
  if (pulsing_) pulse_.start(kPulse);
  if (background != nullptr) background->ready();
  in_background_ = background != nullptr;
  loop_.run();
  admin_.reset();
  commands_ = admin::CommandTable();  // with what waits in its handlers
  engine_->join();
}

// Nothing is left to do but to write down how things are.
void Daemon::finish() {
  if (!state_) return loop_.stop();
  state_->finish([this] { loop_.stop(); });
}

// In the background the console reaches nobody any more, so the log is told as well.
void Daemon::say(Level level, const std::string& text) {
  console_.say(level, text);
  if (in_background_) log(level, text);
}

// What happens to servers stands in the log; where there is none, the console has it.
void Daemon::tell(Level level, const std::string& text) {
  if (log_->channel(capacity_.threads).heard()) {
    log(level, text);
  } else {
    console_.say(level, text);
  }
}

void Daemon::log(Level level, const std::string& text) {
  telemetry::LogChannel& channel = log_->channel(capacity_.threads);
  channel.note(level, text);
  channel.flush();
}

void Daemon::on_stop(int signal) {
  const auto& deadline = config_.global.stop_deadline;
  if (deadline && !draining_) {
    drain();
    if (*deadline == conf::kInfinite) return;
    deadline_.start(*deadline);
    return engine_->close_within(*deadline);
  }
  status_ = 128 + signal;
  cut();
}

void Daemon::drain() {
  if (std::exchange(draining_, true)) return;
  say(Level::kNotice,
      fmt::format("stopping: nobody new is let in, {} sessions go on", engine_->sessions()));
  statistics_->stopping();
  engine_->drain();
}

void Daemon::cut() {
  if (const std::uint32_t open = engine_->sessions(); open != 0)
    say(Level::kNotice, fmt::format("stopping now: {} sessions are cut", open));
  engine_->cut();
}

void Daemon::say_ready() {
  for (const Listening& listening : engine_->listening())
    say(Level::kNotice, fmt::format("frontend {}: listening on {}", listening.frontend,
                                    conf::to_string(listening.address)));
  if (admin_)
    for (const conf::AdminSocket& socket : admin_->sockets())
      say(Level::kNotice, fmt::format("admin: listening on {}, level {}",
                                      admin::shown(socket.address), conf::name_of(socket.level)));
  say(Level::kNotice,
      fmt::format("ready: {} workers, maxconn {}, {} pipes for splicing (descriptor limit {})",
                  capacity_.threads, capacity_.maxconn, capacity_.maxpipes, capacity_.descriptors));
  if (ready_) ready_(engine_->listening());
}

void Daemon::say_totals() {
  log_->finish();
  for (const std::string& loss : log_->losses()) say(Level::kWarning, loss);
  std::size_t index = 0;
  std::uint64_t over_budget = 0;
  for (const WorkerTotals& totals : engine_->totals()) {
    over_budget += totals.over_budget;
    say(Level::kNotice,
        fmt::format("worker {}: {} sessions, {} loop turns, {} bytes copied, {} spliced, {} "
                    "clients refused, {} handshakes failed, accepting paused {} times",
                    index++, totals.sessions, totals.turns, totals.bytes_copied,
                    totals.bytes_spliced, totals.refused, totals.handshakes_failed,
                    totals.exhausted));
  }
  if (over_budget != 0)
    say(Level::kNotice,
        fmt::format("{} sessions were refused another attempt by a retry_budget", over_budget));
  if (const std::uint64_t postponed = engine_->checks_postponed(); postponed != 0)
    say(Level::kNotice,
        fmt::format("{} checks could not be made in time and were repeated", postponed));
  const Held held = engine_->held();
  say(Level::kNotice,
      fmt::format(
          "held at the end: {} sessions, {} timers, {} pipes, {} slots of limits and queues",
          held.sessions, held.timers, held.pipes, held.slots));
}

}  // namespace lb
