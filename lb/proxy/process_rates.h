#pragma once

#include "balancer/rate_limit.h"

namespace lb::proxy {

// What an operator lets in a second, of all frontends together. Shared by all workers.
struct ProcessRates {
  balancer::RateLimit connections{0};  // that are accepted
  balancer::RateLimit sessions{0};     // of those, let in
};

}  // namespace lb::proxy
