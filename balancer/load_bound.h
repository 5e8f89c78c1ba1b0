#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "balancer/policy.h"

namespace balancer {

// HAProxy's `hash-balance-factor` (its chash_server_is_eligible): `percent` of the open sessions,
// the coming one included, are slots, which the servers share by weight. What cannot be divided is
// spread over the weights in the order of the file, and nobody has less than one slot. Mirrokni,
// Thorup, Zadimoghaddam, Consistent Hashing with Bounded Loads (SODA 2018).
class LoadBound {
 public:
  LoadBound(std::uint32_t percent, std::span<const Candidate> candidates);

  // How many sessions the server may have while `open` are open on all, before the coming one. O(1)
  [[nodiscard]] std::uint64_t slots(ServerId server, std::uint32_t open) const;

 private:
  struct Share {
    Weight weight = 0;
    std::uint64_t before = 0;  // weight of all before it in the file
  };

  std::uint32_t percent_;
  std::vector<Share> shares_;  // by server
  std::uint64_t total_ = 0;
};

}  // namespace balancer
