#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/log.h"
#include "lb/telemetry/frame.h"
#include "lb/telemetry/note.h"
#include "lb/telemetry/sampler.h"
#include "lb/telemetry/stream_sink.h"

namespace lb::telemetry {

// One place where lines go: which of them, in which frame, and the sink that takes them. One
// thread but for dropped().
class LogTarget {
 public:
  // `target` is not kNone; `opener` outlives this.
  LogTarget(const conf::LogTarget& target, const LogOpener& opener);
  LogTarget(const LogTarget&) = delete;
  LogTarget& operator=(const LogTarget&) = delete;

  // Keeps the line of a session for the next write(), if the target wants it: by its level, and by
  // the sample. It has no newline.
  void take(Level level, std::chrono::system_clock::time_point when, std::string_view line);
  // The same for an event, which no sample leaves out.
  void take(const Note& note);

  void write(std::chrono::steady_clock::time_point now);
  [[nodiscard]] std::optional<std::string> reopen(std::chrono::steady_clock::time_point now) {
    return sink_->reopen(now);
  }
  [[nodiscard]] std::size_t pending() const { return lines_.size(); }  // bytes

  [[nodiscard]] const std::string& fault() const { return sink_->fault(); }
  [[nodiscard]] const std::string& warning() const { return sink_->warning(); }
  [[nodiscard]] std::vector<News> take_news() { return sink_->take_news(); }
  [[nodiscard]] std::string total() const { return sink_->total(); }
  [[nodiscard]] std::uint64_t dropped() const { return sink_->dropped(); }  // any thread

 private:
  void append(const Note& note, std::string& out);

  const conf::LogFormat format_;
  const conf::LogFrame kind_;
  const Level most_;
  const Level least_;
  Sampler sampler_;
  Frame frame_;
  std::string lines_;
  std::unique_ptr<Sink> sink_;
};

}  // namespace lb::telemetry
