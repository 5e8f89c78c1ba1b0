#include "lb/telemetry/log_channel.h"

#include <utility>

namespace lb::telemetry {

void LogChannel::write(const SessionRecord& record) { push(record); }

void LogChannel::note(Level level, std::string text) {
  push(Note{.level = level, .time = std::chrono::system_clock::now(), .text = std::move(text)});
}

bool LogChannel::reopen(Reopen::Done done) {
  if (reader_ == nullptr) {
    done({});
    return true;
  }
  if (!ring_.push(Reopen{std::move(done)})) return false;
  ++unflushed_;
  return true;
}

template <typename T>
void LogChannel::push(T&& entry) {
  if (reader_ == nullptr) return;
  if (!ring_.push(std::forward<T>(entry))) {
    dropped_.store(dropped() + 1, std::memory_order_relaxed);
    return;
  }
  // A turn that ends very many sessions must not find out at its end that the ring was too small.
  if (++unflushed_ >= kCapacity / 4) flush();
}

void LogChannel::flush() {
  if (unflushed_ == 0) return;
  unflushed_ = 0;
  reader_->ring();
}

std::uint64_t LogChannel::dropped() const { return dropped_.load(std::memory_order_relaxed); }

}  // namespace lb::telemetry
