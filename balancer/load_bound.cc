#include "balancer/load_bound.h"

#include <algorithm>

namespace balancer {

LoadBound::LoadBound(std::uint32_t percent, std::span<const Candidate> candidates)
    : percent_(percent), shares_(candidates.size()) {
  for (const Candidate& candidate : candidates) {
    const Weight weight = candidate.usable ? candidate.weight : 0;
    shares_[candidate.server] = {.weight = weight, .before = total_};
    total_ += weight;
  }
}

std::uint64_t LoadBound::slots(ServerId server, std::uint32_t open) const {
  const std::uint64_t all = ((std::uint64_t{open} + 1) * percent_ + 99) / 100;
  const std::uint64_t for_each_unit = all / total_;
  const std::uint64_t rest = all % total_;
  const Share& share = shares_[server];
  const std::uint64_t of_rest =
      (share.before + share.weight) * rest / total_ - share.before * rest / total_;
  return std::max<std::uint64_t>(1, share.weight * for_each_unit + of_rest);
}

}  // namespace balancer
