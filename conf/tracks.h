#pragma once

#include <vector>

#include "conf/read.h"

namespace conf {

// A server that is tracked must be there, and somebody must know its health: a check, an agent, or
// in turn the one that it tracks; nobody may track itself by way of others. With `complete` false a
// file is missing, so a server that is not there may be in it.
void check_tracks(const Config& config, bool complete, std::vector<Mistake>& mistakes);

}  // namespace conf
