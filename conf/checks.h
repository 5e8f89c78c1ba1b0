#pragma once

#include <vector>

#include "conf/read.h"

namespace conf {

// What the ways to watch a server ask of the server and of each other. Tracks: see tracks.h.
void check_health(const Config& config, std::vector<Mistake>& mistakes);

}  // namespace conf
