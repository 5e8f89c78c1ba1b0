#pragma once

#include <memory>

#include "balancer/policy.h"
#include "conf/model.h"

namespace balancer {

// The policy that the backend asks for, under `sticky-source` for first visits; it does not know
// the servers yet. `config` outlives it.
[[nodiscard]] std::unique_ptr<Policy> make_policy(const conf::Backend& config);

}  // namespace balancer
