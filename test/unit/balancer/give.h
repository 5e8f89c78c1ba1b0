#pragma once

#include <vector>

#include "balancer/policy.h"

// Gives sessions to a policy's servers, as a backend does, and tells to whom.
inline balancer::ServerId give(balancer::Policy& policy) {
  const balancer::ServerId server = policy.pick({}, 0).value();
  policy.taken(server);
  return server;
}

inline std::vector<balancer::ServerId> give(balancer::Policy& policy, int count) {
  std::vector<balancer::ServerId> servers;
  for (int i = 0; i < count; ++i) servers.push_back(give(policy));
  return servers;
}
