#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/policy.h"
#include "balancer/weighted_draw.h"

namespace balancer {

// Of some servers drawn at random, one with the probability of its weight each time, the one with
// the fewest sessions for its weight; of equals the one drawn later. The same server may be drawn
// twice. HAProxy's configuration manual, "balance random"; why two draws are enough: M.
// Mitzenmacher, *The power of two choices in randomized load balancing*, 2001.
//
// HAProxy queues a session whose winner is full. Here full servers are not drawn.
class RandomDraws final : public Policy {
 public:
  // `draws` is at least 1. The same seed and the same calls give the same picks.
  RandomDraws(std::uint32_t draws, std::uint64_t seed) : draw_(seed), draws_(draws) {}

  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId server) override;
  void released(ServerId server) override;  // requires a session taken before
  void full(ServerId server) override;
  void free(ServerId server) override;
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;  // draws times O(log n)

  // Two draws give a server without sessions up to twice its share, which slow start must not let
  // happen; with many it has everything, as with the policy leastconn.
  [[nodiscard]] bool floods() const override { return draws_ > 1; }

 private:
  WeightedDraw draw_;
  std::vector<std::uint32_t> open_;
  std::uint32_t draws_;
};

}  // namespace balancer
