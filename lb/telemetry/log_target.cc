#include "lb/telemetry/log_target.h"

#include <algorithm>

#include "lb/telemetry/datagram_sink.h"

namespace lb::telemetry {
namespace {

std::unique_ptr<Sink> make_sink(const conf::LogTarget& target, const LogOpener& opener,
                                AppendNote append_note) {
  if (target.kind == conf::LogTarget::Kind::kSyslog)
    return std::make_unique<DatagramSink>(target, std::move(append_note));
  return std::make_unique<StreamSink>(target, opener, std::move(append_note));
}

}  // namespace

LogTarget::LogTarget(const conf::LogTarget& target, const LogOpener& opener)
    : format_(target.format),
      kind_(target.frame),
      most_(target.level),
      least_(target.min_level),
      sampler_(target.sample),
      frame_(target) {
  // That lines are missing here is told whatever the level that was asked for.
  sink_ =
      make_sink(target, opener, [this](const Note& note, std::string& out) { append(note, out); });
}

void LogTarget::take(Level level, std::chrono::system_clock::time_point when,
                     std::string_view line) {
  if (level > most_ || !sampler_.take()) return;
  frame_.append(std::max(level, least_), when, line, lines_);
}

void LogTarget::take(const Note& note) {
  if (note.level <= most_) append(note, lines_);
}

void LogTarget::append(const Note& note, std::string& out) {
  std::string line;
  append_note(note, format_, kind_, line);
  frame_.append(std::max(note.level, least_), note.time, line, out);
}

void LogTarget::write(std::chrono::steady_clock::time_point now) {
  if (lines_.empty()) return;
  sink_->write(lines_, now);
  lines_.clear();
}

}  // namespace lb::telemetry
