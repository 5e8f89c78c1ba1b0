#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "lb/telemetry/doorbell.h"
#include "lb/telemetry/note.h"
#include "lb/telemetry/ring.h"
#include "lb/telemetry/session_record.h"

namespace lb::telemetry {

// One producer's way into the log: a single-producer ring. Never blocks; a full ring drops the
// record and counts it. One thread owns each channel.
class LogChannel {
 public:
  // Log files are to be opened anew, behind what was written before; `done` is told by the reader
  // which ones could not be, and why.
  struct Reopen {
    using Done = std::move_only_function<void(std::vector<std::string> faults)>;
    Done done;
  };
  using Entry = std::variant<SessionRecord, Note, Reopen>;
  static constexpr std::size_t kCapacity = 4096;

  // Null: nobody reads this channel, and what is written to it is forgotten.
  explicit LogChannel(Doorbell* reader) : reader_(reader) {}

  // Whether somebody reads it: else a record need not be made.
  [[nodiscard]] bool heard() const { return reader_ != nullptr; }

  void write(const SessionRecord& record);
  void note(Level level, std::string text);  // an event for the operator; rare, may allocate

  // False when that cannot be asked now. Where nobody reads there is nothing to be done.
  [[nodiscard]] bool reopen(Reopen::Done done);

  // Wakes the writer when it sleeps and something was written since the last call. Called once a
  // turn.
  void flush();

  [[nodiscard]] std::uint64_t dropped() const;  // any thread

  // The reader's thread.
  template <typename F>
  std::size_t consume(std::size_t limit, F&& use) {
    return ring_.consume(limit, std::forward<F>(use));
  }
  [[nodiscard]] bool empty() const { return ring_.empty(); }

 private:
  template <typename T>
  void push(T&& entry);

  Doorbell* const reader_;
  Ring<Entry, kCapacity> ring_;
  std::size_t unflushed_ = 0;
  std::atomic<std::uint64_t> dropped_ = 0;
};

}  // namespace lb::telemetry
