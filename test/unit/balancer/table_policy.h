#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "balancer/policy.h"
#include "conf/model.h"
#include "test/unit/balancer/support.h"

// What the tests of policies with a table share.

// Servers with these weights and the ids 1, 2, ...
inline conf::Backend weighted_backend(const std::vector<std::uint32_t>& weights) {
  std::vector<conf::Server> servers(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    servers[i].id = static_cast<std::uint32_t>(i + 1);
    servers[i].weight = weights[i];
  }
  return backend_of(std::move(servers));
}

// The same under `source`, `hash-type consistent` and an avalanche.
inline conf::Backend ring_backend(const std::vector<std::uint32_t>& weights,
                                  std::uint32_t balance_factor = 0) {
  conf::Backend config = weighted_backend(weights);
  config.balance.by = conf::Algorithm::kSource;
  config.balance.hash_type = conf::HashType::kConsistent;
  config.balance.avalanche = true;
  config.balance.balance_factor = balance_factor;
  return config;
}

// The address with that number, as a key.
inline std::vector<std::uint8_t> ipv4(std::uint32_t number) {
  return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// As the backend knows them at start.
inline std::vector<balancer::Candidate> candidates_of(const conf::Backend& config) {
  std::vector<balancer::Candidate> candidates;
  for (const conf::Server& server : config.servers) {
    candidates.push_back({.server = static_cast<balancer::ServerId>(candidates.size()),
                          .weight = server.weight * balancer::kWeightScale,
                          .usable = server.weight > 0});
  }
  return candidates;
}

// The first half of a change: from now on the policy must not pick who is not usable.
inline void tell(balancer::Policy& policy, const std::vector<balancer::Candidate>& candidates) {
  for (const balancer::Candidate& candidate : candidates)
    policy.set(candidate.server, candidate.weight, candidate.usable);
}

// The second half.
inline void rebuild(balancer::Policy& policy, const std::vector<balancer::Candidate>& candidates) {
  std::unique_ptr<balancer::Table> table = policy.build(candidates);
  policy.adopt(table);
}

inline void follow(balancer::Policy& policy, const std::vector<balancer::Candidate>& candidates) {
  tell(policy, candidates);
  rebuild(policy, candidates);
}
