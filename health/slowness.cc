#include "health/slowness.h"

namespace health {
namespace {

constexpr std::uint32_t kCalmEnough = 3;

std::uint32_t less_than(std::uint32_t percent) {
  if (percent > 50) return 50;
  return percent > 25 ? 25 : 10;
}

}  // namespace

std::optional<std::uint32_t> Slowness::judge(std::optional<std::chrono::microseconds> connecting) {
  if (!connecting) return std::nullopt;
  const std::uint32_t before = percent_;
  if (*connecting > limit_) {
    calm_ = 0;
    percent_ = less_than(percent_);
  } else if (*connecting * 5 >= limit_ * 4) {
    calm_ = 0;
  } else if (++calm_ >= kCalmEnough) {
    percent_ = 100;
  }
  return percent_ != before ? std::optional(percent_) : std::nullopt;
}

}  // namespace health
