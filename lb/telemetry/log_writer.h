#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "conf/model.h"
#include "lb/telemetry/access_line.h"
#include "lb/telemetry/doorbell.h"
#include "lb/telemetry/log_channel.h"
#include "lb/telemetry/log_target.h"

namespace lb::telemetry {

// The thread that formats records and writes them out, at nice 10. A process that forks makes it
// afterwards. Destroying it writes what is in the rings; by then nobody uses a channel any more.
class LogWriter {
 public:
  // `announce` tells the console what befalls a target, on the writer's thread.
  using Announce = std::function<void(const Note& note)>;

  LogWriter(
      const std::vector<conf::LogTarget>& targets, std::size_t channels, LogOpener opener,
      Announce announce = [](const Note&) {});
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;
  ~LogWriter();

  // A sentence for each target that could not be opened at start, and must not be started with.
  [[nodiscard]] std::vector<std::string> faults() const;
  // The same for those that may come later.
  [[nodiscard]] std::vector<std::string> warnings() const;

  [[nodiscard]] LogChannel& channel(std::size_t index);

  // Writes what is in the rings and ends the thread, so that what is lost until here is known. A
  // last note, put into a channel by the caller of this, is written by the destructor.
  void finish();

  // After finish(): a sentence for each target that has lost lines, and one for the rings.
  [[nodiscard]] std::vector<std::string> losses() const;

  // Lines that a ring or a target did not take; a line that two targets missed counts twice. Any
  // thread.
  [[nodiscard]] std::uint64_t dropped() const;

 private:
  // The targets that share a format, so that each session is formatted once for all of them.
  struct Group {
    explicit Group(conf::LogFormat with) : format(with), access_line(with) {}
    void take(const SessionRecord& record);
    void take(const Note& note, const LogTarget* except = nullptr);

    conf::LogFormat format;
    AccessLine access_line;
    std::string line;
    std::deque<LogTarget> targets;
  };

  template <typename F>
  [[nodiscard]] std::vector<std::string> told_by_targets(F&& told) const;
  Group& group(conf::LogFormat format);
  void run();
  [[nodiscard]] bool has_work() const;
  [[nodiscard]] std::uint64_t overrun() const;
  std::size_t drain();
  void take(LogChannel::Entry& entry);
  void reopen(LogChannel::Reopen::Done done);
  void tell_overrun(bool idle);
  void write(std::size_t least);
  [[nodiscard]] bool spread_news();

  const LogOpener opener_;
  const Announce announce_;
  std::deque<Group> groups_;
  Doorbell doorbell_;
  std::deque<LogChannel> channels_;
  std::uint64_t seen_dropped_ = 0;
  std::uint64_t told_dropped_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace lb::telemetry
