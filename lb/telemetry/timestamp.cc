#include "lb/telemetry/timestamp.h"

#include <ctime>

namespace lb::telemetry {

std::string_view Timestamp::text(std::chrono::system_clock::time_point when) {
  const auto second = std::chrono::floor<std::chrono::seconds>(when);
  if (second != second_) write_second(second);
  const auto millisecond = std::chrono::floor<std::chrono::milliseconds>(when - second).count();
  char* end = text_.data() + second_length_;
  *end++ = static_cast<char>('0' + millisecond / 100);
  *end++ = static_cast<char>('0' + millisecond / 10 % 10);
  *end++ = static_cast<char>('0' + millisecond % 10);
  if (form_ == Form::kIso) *end++ = 'Z';
  return {text_.data(), end};
}

void Timestamp::write_second(std::chrono::sys_seconds second) {
  const std::time_t time = std::chrono::system_clock::to_time_t(second);
  std::tm parts{};
  if (form_ == Form::kHaproxy) {
    localtime_r(&time, &parts);
    second_length_ = std::strftime(text_.data(), text_.size(), "%d/%b/%Y:%H:%M:%S.", &parts);
  } else {
    gmtime_r(&time, &parts);
    second_length_ = std::strftime(text_.data(), text_.size(), "%Y-%m-%dT%H:%M:%S.", &parts);
  }
  second_ = second;
}

}  // namespace lb::telemetry
