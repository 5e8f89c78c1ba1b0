#pragma once

#include <vector>

#include "conf/read.h"

namespace conf {

// What the limits of a server ask of each other, and slow start of the algorithm.
void check_server_limits(const Config& config, std::vector<Mistake>& mistakes);

// Settings of backends that have no effect beside what else is written there.
void note_idle_settings(const Config& config, std::vector<Mistake>& notes);

// Gives a backend that has a server with a minconn, but no fullconn, the one that HAProxy would
// give it: a tenth of the sessions that its frontends let in, rounded up, at least 1. Requires that
// every frontend was read without a mistake.
void settle_fullconn(Config& config, std::vector<Mistake>& mistakes);

}  // namespace conf
