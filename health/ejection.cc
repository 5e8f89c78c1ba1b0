#include "health/ejection.h"

#include <algorithm>

namespace health {

std::chrono::milliseconds Ejection::eject(std::uint64_t now) {
  const auto out_before = static_cast<std::uint64_t>(last_.count());
  const bool relapsed = last_.count() != 0 && (!trusted_ || now < *trusted_ + out_before);
  last_ = std::min(relapsed ? 2 * last_ : rules_->time, rules_->longest);
  trusted_.reset();
  return last_;
}

std::uint32_t Ejection::most_of(std::uint32_t servers, std::uint32_t percent) {
  if (servers < 2) return 0;
  const std::uint64_t part = std::uint64_t{servers} * percent / 100;
  return static_cast<std::uint32_t>(
      std::clamp<std::uint64_t>(part, percent == 0 ? 0 : 1, servers - 1));
}

}  // namespace health
