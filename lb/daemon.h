#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conf/model.h"
#include "lb/admin/command_table.h"
#include "lb/admin/server.h"
#include "lb/engine.h"
#include "lb/flags.h"
#include "lb/net/loop.h"
#include "lb/net/mailbox.h"
#include "lb/net/opener.h"
#include "lb/state_file.h"
#include "lb/statistics.h"
#include "lb/telemetry/console.h"
#include "lb/telemetry/log_writer.h"

namespace lb {

class Background;

// The process around the engine: starting, signals, stopping. Its thread is the control thread.
//
//   TERM, INT   stop now, exit 143 or 130; with `global.stop` drain, exit 0, and a second one cuts
//   USR1        drain: nobody new, sessions finish, exit 0
//   USR2, HUP   would reload
class Daemon {
 public:
  // Both outlive it.
  Daemon(const conf::Config& config, const Flags& flags, const telemetry::Console& console);

  // Called when everything listens and before anything else is said; for a demonstration's screen.
  void on_ready(std::function<void(const std::vector<Listening>&)> call) {
    ready_ = std::move(call);
  }

  // Runs until a signal ends it; the answer is the exit status.
  [[nodiscard]] int run();

 private:
  [[nodiscard]] std::optional<std::string> set_up();
  [[nodiscard]] std::optional<std::string> open_admin();
  [[nodiscard]] std::vector<conf::LogTarget> log_targets() const;
  void reopen_logs(std::function<void(const std::vector<std::string>& faults)> then);
  void say(telemetry::Level level, const std::string& text);
  void tell(telemetry::Level level, const std::string& text);
  void log(telemetry::Level level, const std::string& text);
  void finish();
  void serve(Background* background);  // null: in the foreground
  void on_stop(int signal);
  void drain();
  void cut();
  void say_ready();
  void say_totals();

  const conf::Config& config_;
  const Flags& flags_;
  const telemetry::Console& console_;
  std::function<void(const std::vector<Listening>&)> ready_;
  Capacity capacity_;
  net::Opener opener_;
  std::unique_ptr<telemetry::LogWriter> log_;
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Statistics> statistics_;

  net::Loop loop_;
  net::Mailbox mailbox_;
  net::Timer deadline_;
  net::Timer pulse_;
  std::unique_ptr<StateFile> state_;  // none when the configuration has no such file
  admin::CommandTable commands_;
  std::unique_ptr<admin::Server> admin_;  // none when the configuration has no socket
  bool pulsing_ = false;                  // pulse_ runs
  bool draining_ = false;
  bool in_background_ = false;
  int status_ = 0;
};

}  // namespace lb
