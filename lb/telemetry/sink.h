#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lb/telemetry/outage.h"

namespace lb::telemetry {

// Appends a note as a line of the sink, newline included.
using AppendNote = std::function<void(const Note& note, std::string& out)>;

// Where the lines of one target go. One that fails or does not keep up never holds its caller for
// long: what it does not take is dropped and counted, and once it takes lines again, the first one
// says how many are missing. One thread.
class Sink {
 public:
  Sink(std::string name, AppendNote append_note)
      : outage_(name), name_(std::move(name)), append_note_(std::move(append_note)) {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  virtual ~Sink() = default;

  // Whole lines, each with its newline.
  void write(std::string_view lines, std::chrono::steady_clock::time_point now) {
    now_ = now;
    patience_ = kPatience;
    take(lines);
  }

  // Opens a log file anew, whatever has become of the old one, which goes on being written when
  // that cannot be. The answer is a sentence then.
  [[nodiscard]] std::optional<std::string> reopen(std::chrono::steady_clock::time_point now) {
    now_ = now;
    return reopen_file();
  }

  // Why the target must not be started with; empty: it may.
  [[nodiscard]] const std::string& fault() const { return fault_; }

  // What is wrong with a target that may be started with all the same; empty: nothing.
  [[nodiscard]] const std::string& warning() const { return warning_; }

  [[nodiscard]] std::vector<News> take_news() { return outage_.take_news(); }
  [[nodiscard]] std::string total() const { return outage_.total(); }
  [[nodiscard]] std::uint64_t dropped() const { return outage_.dropped(); }  // any thread

 protected:
  virtual void take(std::string_view lines) = 0;
  [[nodiscard]] virtual std::optional<std::string> reopen_file() { return std::nullopt; }

  // Waits until the descriptor takes something: for 100 ms in one write() in all, and not at all
  // for a target that has been waited for in vain. False: its reader does not keep up.
  [[nodiscard]] bool has_room(int fd, bool in_outage);

  [[nodiscard]] const std::string& name() const { return name_; }
  void append_told_here(std::string& out) const { append_note_(outage_.told_here(), out); }
  void set_fault(std::string fault) { fault_ = std::move(fault); }
  void set_warning(std::string warning) { warning_ = std::move(warning); }

  Outage outage_;
  std::chrono::steady_clock::time_point now_;  // of this write()

 private:
  static constexpr std::chrono::milliseconds kPatience{100};

  const std::string name_;
  const AppendNote append_note_;
  std::string fault_;
  std::string warning_;
  std::chrono::milliseconds patience_{0};  // what is left of it
};

[[nodiscard]] std::uint64_t count_lines(std::string_view text);

}  // namespace lb::telemetry
