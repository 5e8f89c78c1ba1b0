#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/policy.h"
#include "balancer/round_robin.h"

namespace balancer {

// Servers in slow start, kept apart from a policy that would flood them: whoever has no sessions
// yet has the least of them, so leastconn would send everybody there. They get their share of the
// new sessions by weight, whatever they have open, in turns among themselves; the policy chooses
// for the rest. Everything is O(log n).
class Newcomers {
 public:
  // One more, or a new weight. Weight 0: it is none any more.
  void set(ServerId server, Weight weight);
  void full(ServerId server) { order_.full(server); }
  void free(ServerId server) { order_.free(server); }

  // The newcomer whose turn it is among all who serve, `total` being the weight of all of them;
  // nullopt: it is the turn of somebody else. To be asked once for each new session.
  [[nodiscard]] std::optional<ServerId> turn(std::uint64_t total, Tick now);

  // Any of them that is free, when nobody else is.
  [[nodiscard]] std::optional<ServerId> any(Tick now) { return order_.pick({}, now); }

  [[nodiscard]] bool empty() const { return weight_ == 0; }

 private:
  [[nodiscard]] Weight& known(ServerId server);

  RoundRobin order_;
  std::vector<Weight> weights_;
  std::uint64_t weight_ = 0;  // of all
  std::uint64_t credit_ = 0;  // what they are owed, in weight; below `total`
};

}  // namespace balancer
