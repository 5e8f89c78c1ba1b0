#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "conf/log.h"
#include "lb/net/fd.h"
#include "lb/net/status.h"
#include "lb/telemetry/sink.h"

namespace lb::telemetry {

// Opens a log file for appending. Called by the log writer's thread too.
using LogOpener = std::function<std::expected<net::Fd, net::Status>(const std::string& path)>;

// Writes batches of lines to a file, stdout or stderr. A line that was begun is always finished. A
// file that was renamed or removed is opened anew within a second; one that cannot be opened is a
// fault at start, and tried again each second later.
class StreamSink final : public Sink {
 public:
  // `target` is kStdout, kStderr or kFile; `opener` outlives this.
  StreamSink(conf::LogTarget target, const LogOpener& opener, AppendNote append_note);

 private:
  void take(std::string_view lines) override;
  [[nodiscard]] std::optional<std::string> reopen_file() override;
  void open();
  void open_anew();
  void follow();
  [[nodiscard]] bool moved_away() const;
  [[nodiscard]] bool in_outage() const { return outage_.goes_on() || !begun_.empty(); }
  [[nodiscard]] bool recover();
  [[nodiscard]] std::size_t put(std::string_view text);

  const conf::LogTarget target_;
  const LogOpener& opener_;
  net::Fd fd_;
  bool regular_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::string opened_as_;                           // what the kernel calls the open file
  std::chrono::steady_clock::time_point followed_;  // when the file's name was last looked up
  std::string begun_;        // the rest of a line that the target took only in part
  bool told_stuck_ = false;  // that the file cannot be opened anew
};

}  // namespace lb::telemetry
