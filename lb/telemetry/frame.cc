#include "lb/telemetry/frame.h"

#include <fmt/compile.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

namespace lb::telemetry {
namespace {

using Kind = conf::LogFrame;

constexpr unsigned kLevels = 8;  // of one facility in a priority

std::string host_of(const conf::LogTarget& target, std::string_view unknown) {
  if (target.hostname.empty()) return std::string(unknown);
  if (target.hostname != "auto") return target.hostname;
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0 || name.front() == '\0')
    return std::string(unknown);
  return name.data();
}

std::string names_of(const conf::LogTarget& target) {
  const pid_t pid = ::getpid();
  switch (target.frame) {
    case Kind::kLocal:
      return fmt::format(" {}[{}]: ", target.tag, pid);
    case Kind::kRfc3164:
      return fmt::format(" {} {}[{}]: ", host_of(target, "localhost"), target.tag, pid);
    case Kind::kRfc5424:
      return fmt::format(" {} {} {} - - ", host_of(target, "-"), target.tag, pid);
    case Kind::kTimed:
    case Kind::kIso:
      return " ";
    case Kind::kRaw:
    case Kind::kPriority:
    case Kind::kShort:
      break;
  }
  return {};
}

Timestamp::Form form_of(Kind kind) {
  const bool old = kind == Kind::kLocal || kind == Kind::kRfc3164;
  return old ? Timestamp::Form::kSyslog : Timestamp::Form::kOffset;
}

}  // namespace

Frame::Frame(const conf::LogTarget& target)
    : kind_(target.frame),
      length_(target.length == 0 ? std::numeric_limits<std::size_t>::max() : target.length),
      facility_(target.facility),
      names_(names_of(target)),
      timestamp_(form_of(target.frame)) {}

void Frame::append(Level level, std::chrono::system_clock::time_point when, std::string_view line,
                   std::string& out) {
  const std::size_t begin = out.size();
  append_head(level, when, out);
  out += line;
  if (out.size() - begin > length_) out.resize(begin + length_);
  out += '\n';
}

void Frame::append_head(Level level, std::chrono::system_clock::time_point when, std::string& out) {
  const auto end = std::back_inserter(out);
  const auto severity = static_cast<unsigned>(level);
  const unsigned priority = kLevels * facility_ + severity;
  switch (kind_) {
    case Kind::kRaw:
      return;
    case Kind::kPriority:
      fmt::format_to(end, FMT_COMPILE("<{}>"), priority);
      return;
    case Kind::kShort:
      fmt::format_to(end, FMT_COMPILE("<{}>"), severity);
      return;
    case Kind::kLocal:
    case Kind::kRfc3164:
      fmt::format_to(end, FMT_COMPILE("<{}>"), priority);
      break;
    case Kind::kRfc5424:
      fmt::format_to(end, FMT_COMPILE("<{}>1 "), priority);
      break;
    case Kind::kTimed:
      fmt::format_to(end, FMT_COMPILE("<{}>"), severity);
      break;
    case Kind::kIso:
      break;
  }
  out += timestamp_.text(when);
  out += names_;
}

}  // namespace lb::telemetry
