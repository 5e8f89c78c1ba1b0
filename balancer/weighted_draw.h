#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/policy.h"
#include "balancer/split_mix.h"

namespace balancer {

// Draws servers at random, each with the probability of its weight among those that are usable and
// not full. Partial sums of the weights stand in a Fenwick tree (P. Fenwick, *A new data structure
// for cumulative frequency tables*, 1994): a change and a draw are O(log n). Only set() allocates.
class WeightedDraw {
 public:
  // The same seed and the same calls give the same draws.
  explicit WeightedDraw(std::uint64_t seed) : random_(seed) {}

  // As with Policy. full() and free() require that set() has named the server.
  void set(ServerId server, Weight weight, bool usable);
  void full(ServerId server);
  void free(ServerId server);

  // Nullopt when there is nobody to draw.
  [[nodiscard]] std::optional<ServerId> draw();

  // One of the others. Requires that `than` was just drawn.
  [[nodiscard]] std::optional<ServerId> draw_other(ServerId than);

  [[nodiscard]] Weight weight(ServerId server) const { return slots_[server].weight; }

 private:
  struct Slot {
    Weight weight = 0;
    bool usable = false;
    bool full = false;
    [[nodiscard]] std::uint64_t share() const { return usable && !full ? weight : 0; }
  };

  void append();
  void change(ServerId server, Slot to);
  [[nodiscard]] std::uint64_t sum_before(ServerId server) const;
  [[nodiscard]] ServerId at(std::uint64_t point) const;

  SplitMix random_;
  std::vector<Slot> slots_;
  // sums_[i] is the sum of the shares of as many slots before slot i as the lowest bit of i says;
  // sums_[0] is not used.
  std::vector<std::uint64_t> sums_ = {0};
  std::uint64_t total_ = 0;
};

}  // namespace balancer
