#include "lb/telemetry/log_writer.h"

#include <fmt/format.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <utility>
#include <variant>

namespace lb::telemetry {
namespace {

constexpr int kNice = 10;
constexpr std::chrono::milliseconds kLinger{2};
constexpr std::size_t kAtOnce = 256;         // records of one channel before the next has its turn
constexpr std::size_t kLargeBatch = 65'536;  // bytes that are not held back for company

}  // namespace

LogWriter::LogWriter(const std::vector<conf::LogTarget>& targets, std::size_t channels,
                     LogOpener opener)
    : opener_(std::move(opener)) {
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
  if (!thread_.joinable()) return;
  stopping_.store(true, std::memory_order_release);
  doorbell_.ring();
  thread_.join();
}

std::vector<std::string> LogWriter::faults() const {
  std::vector<std::string> faults;
  for (const Group& group : groups_) {
    for (const TargetWriter& target : group.targets) {
      if (!target.fault().empty()) faults.push_back(target.fault());
    }
  }
  return faults;
}

LogChannel& LogWriter::channel(std::size_t index) { return channels_[index]; }

std::uint64_t LogWriter::dropped() const {
  std::uint64_t lines = 0;
  for (const LogChannel& channel : channels_) lines += channel.dropped();
  for (const Group& group : groups_) {
    for (const TargetWriter& target : group.targets) lines += target.dropped();
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

// Writes out everything that is in the rings, and returns how many records that were.
std::size_t LogWriter::drain() {
  std::size_t taken = 0;
  std::size_t round = 0;
  do {
    round = 0;
    for (LogChannel& channel : channels_) {
      round += channel.consume(kAtOnce, [this](const LogChannel::Entry& entry) {
        for (Group& group : groups_) group.append(entry);
      });
      for (Group& group : groups_) {
        if (group.lines.size() >= kLargeBatch) group.write();
      }
    }
    taken += round;
  } while (round > 0);
  tell_outage(taken == 0);
  for (Group& group : groups_) group.write();
  return taken;
}

// Full rings are told of once, when nothing more has been dropped for a while.
void LogWriter::tell_outage(bool idle) {
  std::uint64_t dropped = 0;
  for (const LogChannel& channel : channels_) dropped += channel.dropped();
  const bool settled = dropped == std::exchange(seen_dropped_, dropped);
  if (dropped == told_dropped_ || !(idle || settled)) return;
  const Note note{
      .level = Level::kWarning,
      .time = std::chrono::system_clock::now(),
      .text = fmt::format("{} log lines were dropped: they came faster than they could be written",
                          dropped - std::exchange(told_dropped_, dropped))};
  for (Group& group : groups_) append_note(note, group.format, group.lines);
}

void LogWriter::Group::append(const LogChannel::Entry& entry) {
  if (const auto* record = std::get_if<SessionRecord>(&entry)) {
    access_line.append(*record, lines);
  } else {
    append_note(std::get<Note>(entry), format, lines);
  }
}

void LogWriter::Group::write() {
  if (lines.empty()) return;
  const auto now = std::chrono::steady_clock::now();
  for (TargetWriter& target : targets) target.write(lines, now);
  lines.clear();
}

}  // namespace lb::telemetry
