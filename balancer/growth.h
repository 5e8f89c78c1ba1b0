#pragma once

#include <optional>
#include <span>
#include <vector>

#include "balancer/rebalance.h"

namespace balancer {

// Notices that the servers of a backend have become more, or heavier, and that things are calm
// again: when it is worth a look whether sessions lie unevenly. Time is told, in milliseconds.
class Growth {
 public:
  explicit Growth(Tick calm) : calm_(calm) {}

  // The servers as they are now; the first time they are what there is to begin with. True once for
  // each growth, when nothing has changed for so long: whether a server serves, or its weight,
  // which rises step by step in slow start.
  [[nodiscard]] bool settled(std::span<const Load> servers, Tick now);

 private:
  Tick calm_;
  std::optional<std::vector<Weight>> before_;  // 0: did not serve
  Tick changed_ = 0;
  bool grown_ = false;
};

}  // namespace balancer
