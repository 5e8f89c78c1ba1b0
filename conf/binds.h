#pragma once

#include <vector>

#include "conf/read.h"

namespace conf {

// Two binds cannot have one address: equal ones, and a wildcard beside any address of its port.
// Where
// [::] stands beside 0.0.0.0 it becomes v6only, which is what its writer meant.
void settle_binds(Config& config, std::vector<Mistake>& mistakes);

// All bytes zero: 0.0.0.0 or [::].
[[nodiscard]] bool is_wildcard(const Address& address);

}  // namespace conf
