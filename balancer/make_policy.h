#pragma once

#include <memory>

#include "balancer/policy.h"
#include "conf/model.h"

namespace balancer {

[[nodiscard]] std::unique_ptr<Policy> make_policy(conf::Algorithm algorithm);

}  // namespace balancer
