#include "lb/telemetry/sampler.h"

#include <algorithm>
#include <utility>

namespace lb::telemetry {

Sampler::Sampler(conf::LogSample sample) : sample_(std::move(sample)) {}

bool Sampler::take() {
  if (sample_.ranges.empty()) return true;
  index_ = index_ % sample_.of + 1;
  return std::ranges::any_of(sample_.ranges, [this](const conf::LogSample::Range& range) {
    return range.first <= index_ && index_ <= range.last;
  });
}

}  // namespace lb::telemetry
