#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>

#include "conf/model.h"
#include "lb/net/fd.h"
#include "lb/net/status.h"

namespace lb::telemetry {

// Opens a log file for appending. Called by the log writer's thread too.
using LogOpener = std::function<std::expected<net::Fd, net::Status>(const std::string& path)>;

// Writes batches of lines to one log target. A target that fails or does not keep up never holds
// the caller for long: what it does not take is dropped and counted, and when it takes lines again,
// the first one says how many are missing. A line that was begun is always finished. One thread
// owns it.
class TargetWriter {
 public:
  // `target` is not kNone; `opener` outlives this.
  TargetWriter(conf::LogTarget target, const LogOpener& opener);
  TargetWriter(const TargetWriter&) = delete;
  TargetWriter& operator=(const TargetWriter&) = delete;

  // Why the target could not be opened at start; empty: it was. Opening is tried again each second.
  [[nodiscard]] const std::string& fault() const { return fault_; }

  // Whole lines, each with its newline. A file that was renamed or removed is opened anew, within a
  // second.
  void write(std::string_view lines, std::chrono::steady_clock::time_point now);

  [[nodiscard]] std::uint64_t dropped() const;  // lines; any thread

 private:
  void open();
  void follow(std::chrono::steady_clock::time_point now);
  [[nodiscard]] bool in_outage() const { return missing_ > 0 || !begun_.empty(); }
  [[nodiscard]] bool recover();
  [[nodiscard]] std::size_t put(std::string_view text);
  [[nodiscard]] bool writable();
  void drop(std::uint64_t lines);

  const conf::LogTarget target_;
  const LogOpener& opener_;
  net::Fd fd_;
  bool regular_ = false;
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::chrono::steady_clock::time_point followed_;  // when the file's name was last looked up
  std::string fault_;
  std::string begun_;          // the rest of a line that the target took only in part
  std::uint64_t missing_ = 0;  // lines dropped and not yet told
  std::string missing_because_;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace lb::telemetry
