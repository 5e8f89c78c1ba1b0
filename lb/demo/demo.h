#pragma once

#include "lb/flags.h"
#include "lb/telemetry/console.h"

namespace lb::demo {

// Runs three embedded servers on loopback, which are checked and can be made to fail for a while, a
// frontend in front of them, and a screen that says what to try. Everything between client and
// server is the ordinary path. The answer is the exit status.
[[nodiscard]] int run(const Flags& flags, const telemetry::Console& console);

}  // namespace lb::demo
