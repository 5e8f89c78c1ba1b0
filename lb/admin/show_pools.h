#pragma once

#include <functional>
#include <string>

#include "lb/engine.h"

namespace lb::admin {

// The memory that sessions take, `show pools` in HAProxy's layout. `then` gets it on the control
// thread.
void gather_pools(Engine& engine, std::function<void(std::string)> then);

}  // namespace lb::admin
