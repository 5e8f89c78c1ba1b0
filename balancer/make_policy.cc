#include "balancer/make_policy.h"

#include <utility>

#include "balancer/round_robin.h"

namespace balancer {

std::unique_ptr<Policy> make_policy(conf::Algorithm algorithm) {
  switch (algorithm) {
    case conf::Algorithm::kRoundRobin:
      return std::make_unique<RoundRobin>();
  }
  std::unreachable();
}

}  // namespace balancer
