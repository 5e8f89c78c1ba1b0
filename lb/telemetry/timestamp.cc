#include "lb/telemetry/timestamp.h"

#include <algorithm>
#include <ctime>
#include <utility>

namespace lb::telemetry {
namespace {

// What stands before the fraction of a second, for strftime, and the fraction's digits.
std::pair<const char*, int> layout_of(Timestamp::Form form) {
  switch (form) {
    case Timestamp::Form::kHaproxy:
      return {"%d/%b/%Y:%H:%M:%S.", 3};
    case Timestamp::Form::kUtc:
      return {"%Y-%m-%dT%H:%M:%S.", 3};
    case Timestamp::Form::kSyslog:
      return {"%b %e %H:%M:%S", 0};
    case Timestamp::Form::kOffset:
      break;
  }
  return {"%Y-%m-%dT%H:%M:%S.", 6};
}

}  // namespace

std::string_view Timestamp::text(std::chrono::system_clock::time_point when) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when);
  if (second != second_) write_second(second);
  char* end = text_.data() + second_length_;
  const int digits = layout_of(form_).second;
  auto rest = std::chrono::floor<std::chrono::microseconds>(when - second).count();
  for (int missing = digits; missing < 6; ++missing) rest /= 10;
  for (char* digit = end + digits; digit != end; rest /= 10)
    *--digit = static_cast<char>('0' + rest % 10);
  end += digits;
  if (form_ == Form::kUtc) *end++ = 'Z';
  if (form_ == Form::kOffset) end = std::ranges::copy(offset_, end).out;
  return {text_.data(), end};
}

void Timestamp::write_second(std::chrono::sys_seconds second) {
  const std::time_t time = std::chrono::system_clock::to_time_t(second);
  std::tm parts{};
  if (form_ == Form::kUtc) {
    gmtime_r(&time, &parts);
  } else {
    localtime_r(&time, &parts);
  }
  second_length_ = std::strftime(text_.data(), text_.size(), layout_of(form_).first, &parts);
  if (form_ == Form::kOffset) {
    std::array<char, 6> zone{};  // "+0100"
    std::strftime(zone.data(), zone.size(), "%z", &parts);
    offset_ = {zone[0], zone[1], zone[2], ':', zone[3], zone[4]};
  }
  second_ = second;
}

}  // namespace lb::telemetry
