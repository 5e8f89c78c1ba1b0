#include "lb/telemetry/log_writer.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <string_view>
#include <utility>
#include <variant>

namespace lb::telemetry {
namespace {

constexpr int kNice = 10;
constexpr std::chrono::milliseconds kLinger{2};
constexpr std::string_view kOverrun = "they came faster than they could be written";
constexpr std::size_t kAtOnce = 256;  // records of one channel before the next has its turn
constexpr int kRounds = 16;
constexpr std::size_t kLargeBatch = 65'536;  // bytes that are not held back for company

}  // namespace

LogWriter::LogWriter(const std::vector<conf::LogTarget>& targets, std::size_t channels,
                     LogOpener opener, Announce announce)
    : opener_(std::move(opener)), announce_(std::move(announce)) {
  ::tzset();  // reads the zone's file while its path can still be reached
  for (const conf::LogTarget& target : targets) {
    if (target.kind == conf::LogTarget::Kind::kNone) continue;
    group(target.format).targets.emplace_back(target, opener_);
  }
  for (std::size_t i = 0; i < channels; ++i) {
    channels_.emplace_back(groups_.empty() ? nullptr : &doorbell_);
  }
  if (!groups_.empty()) thread_ = std::thread([this] { run(); });
}

LogWriter::~LogWriter() {
  finish();
  while (drain() > 0) {
  }
}

void LogWriter::finish() {
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_release);
  doorbell_.ring();
  thread_.join();
}

template <typename F>
std::vector<std::string> LogWriter::told_by_targets(F&& told) const {
  std::vector<std::string> sentences;
  for (const Group& group : groups_) {
    for (const LogTarget& target : group.targets) {
      if (std::string sentence = told(target); !sentence.empty())
        sentences.push_back(std::move(sentence));
    }
  }
  return sentences;
}

std::vector<std::string> LogWriter::faults() const {
  return told_by_targets([](const LogTarget& target) { return target.fault(); });
}

std::vector<std::string> LogWriter::warnings() const {
  return told_by_targets([](const LogTarget& target) { return target.warning(); });
}

std::vector<std::string> LogWriter::losses() const {
  auto sentences = told_by_targets([](const LogTarget& target) { return target.total(); });
  if (const std::uint64_t lines = overrun(); lines != 0)
    sentences.push_back(note_of_dropped(lines, kOverrun).text);
  return sentences;
}

LogChannel& LogWriter::channel(std::size_t index) { return channels_[index]; }

std::uint64_t LogWriter::dropped() const {
  std::uint64_t lines = overrun();
  for (const Group& group : groups_) {
    for (const LogTarget& target : group.targets) lines += target.dropped();
  }
  return lines;
}

LogWriter::Group& LogWriter::group(conf::LogFormat format) {
  const auto found = std::ranges::find(groups_, format, &Group::format);
  return found != groups_.end() ? *found : groups_.emplace_back(format);
}

void LogWriter::run() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
  ::pthread_setname_np(::pthread_self(), "tidegate-log");
  bool last = false;
  while (!last) {
    doorbell_.wait([this] { return has_work(); });
    // Awake, it stays so until a whole pause has brought nothing: meanwhile no producer pays for
    // waking it.
    do {
      last = stopping_.load(std::memory_order_acquire);
      if (!last) std::this_thread::sleep_for(kLinger);
    } while (drain() > 0);
  }
}

bool LogWriter::has_work() const {
  return stopping_.load(std::memory_order_acquire) ||
         !std::ranges::all_of(channels_, &LogChannel::empty);
}

// Lines that the rings did not take.
std::uint64_t LogWriter::overrun() const {
  std::uint64_t lines = 0;
  for (const LogChannel& channel : channels_) lines += channel.dropped();
  return lines;
}

// Writes out what is in the rings, and returns how many records that were. While they fill faster
// than it comes to an end, it pauses to let also those targets have theirs that get little.
std::size_t LogWriter::drain() {
  std::size_t taken = 0;
  std::size_t found = 1;
  for (int round = 0; round < kRounds && found > 0; ++round) {
    found = 0;
    for (LogChannel& channel : channels_) {
      found += channel.consume(kAtOnce, [this](LogChannel::Entry& entry) { take(entry); });
      write(kLargeBatch);
    }
    taken += found;
  }
  tell_overrun(taken == 0);
  do write(1);
  while (spread_news());
  return taken;
}

void LogWriter::take(LogChannel::Entry& entry) {
  if (auto* const order = std::get_if<LogChannel::Reopen>(&entry))
    return reopen(std::move(order->done));
  for (Group& group : groups_) {
    if (const auto* record = std::get_if<SessionRecord>(&entry)) {
      group.take(*record);
    } else {
      group.take(std::get<Note>(entry));
    }
  }
}

// What came before is out by then: nobody need wait for lines to turn up in a file that was moved.
void LogWriter::reopen(LogChannel::Reopen::Done done) {
  write(1);
  std::vector<std::string> faults;
  const auto now = std::chrono::steady_clock::now();
  for (Group& group : groups_) {
    for (LogTarget& target : group.targets) {
      if (auto fault = target.reopen(now)) faults.push_back(*std::move(fault));
    }
  }
  done(std::move(faults));
}

// Full rings are told of once, when nothing more has been dropped for a while.
void LogWriter::tell_overrun(bool idle) {
  const std::uint64_t dropped = overrun();
  const bool settled = dropped == std::exchange(seen_dropped_, dropped);
  if (dropped == told_dropped_ || !(idle || settled)) return;
  const Note note = note_of_dropped(dropped - std::exchange(told_dropped_, dropped), kOverrun);
  for (Group& group : groups_) group.take(note);
}

// Writes out what is held for targets that have so much.
void LogWriter::write(std::size_t least) {
  const auto now = std::chrono::steady_clock::now();
  for (Group& group : groups_) {
    for (LogTarget& target : group.targets) {
      if (target.pending() >= least) target.write(now);
    }
  }
}

// What befalls one target is told to the console and by the others; false: nothing did.
bool LogWriter::spread_news() {
  bool any = false;
  for (Group& group : groups_) {
    for (LogTarget& target : group.targets) {
      for (const auto& [note, here_too] : target.take_news()) {
        any = true;
        announce_(note);
        for (Group& other : groups_) other.take(note, here_too ? nullptr : &target);
      }
    }
  }
  return any;
}

void LogWriter::Group::take(const SessionRecord& record) {
  line.clear();
  access_line.append(record, line);
  for (LogTarget& target : targets)
    target.take(record.level, record.accepted + record.total_time, line);
}

void LogWriter::Group::take(const Note& note, const LogTarget* except) {
  for (LogTarget& target : targets) {
    if (&target != except) target.take(note);
  }
}

}  // namespace lb::telemetry
