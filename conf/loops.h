#pragma once

#include <vector>

#include "conf/read.h"

namespace conf {

// A server may be a bind of ours, as one frontend may feed another; but clients must not come back
// to where they were.
void check_loops(const Config& config, std::vector<Mistake>& mistakes);

}  // namespace conf
