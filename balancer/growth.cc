#include "balancer/growth.h"

#include <utility>

namespace balancer {

bool Growth::settled(std::span<const Load> servers, Tick now) {
  std::vector<Weight> weights;
  weights.reserve(servers.size());
  for (const Load& server : servers) weights.push_back(server.serves ? server.weight : 0);
  const bool first = !before_;
  const std::vector<Weight> before = std::exchange(before_, weights).value_or(weights);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Weight then = i < before.size() ? before[i] : 0;
    if (weights[i] > then && !first) grown_ = true;
  }
  if (weights != before) changed_ = now;
  return now >= changed_ + calm_ && std::exchange(grown_, false);
}

}  // namespace balancer
