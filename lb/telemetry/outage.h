#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lb/telemetry/note.h"

namespace lb::telemetry {

// What befalls a target, for the others and the console.
struct News {
  Note note;
  bool here_too = false;  // the target itself does not know either
};

// What a target does not take: counted, told to everybody else when it begins and when it is over,
// and to the target itself once it takes lines again. One thread but for dropped().
class Outage {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `target` as others are told of it: "log file '/var/log/x'".
  explicit Outage(std::string target);

  // Why lines cannot be written, for the next drop().
  void because(std::string why) { why_ = std::move(why); }
  [[nodiscard]] const std::string& why() const { return why_; }

  void drop(std::uint64_t lines, Time now);
  [[nodiscard]] bool goes_on() const { return missing_ > 0; }

  // For the target: how many lines are missing.
  [[nodiscard]] Note told_here() const { return note_of_dropped(missing_, why_); }
  // The target has been told.
  void over();

  // Anything else about the target that everybody should know, its own readers too.
  void say(Level level, std::string_view text) { tell(level, text, true); }

  // What the others have not been told yet. A target that fails again and again is told of once a
  // minute.
  [[nodiscard]] std::vector<News> take_news();

  // "log file '/var/log/x': 40 lines were dropped: No space left on device", the latest reason;
  // empty: none was.
  [[nodiscard]] std::string total() const;
  [[nodiscard]] std::uint64_t dropped() const;  // lines in all; any thread

 private:
  void tell(Level level, std::string_view text, bool here_too);

  const std::string target_;
  std::string why_;
  std::uint64_t missing_ = 0;  // dropped and not yet told
  std::optional<Time> told_begin_;
  bool others_know_ = false;  // of the outage that goes on
  std::vector<News> news_;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace lb::telemetry
