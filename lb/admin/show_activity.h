#pragma once

#include <functional>
#include <string>

#include "lb/engine.h"

namespace lb::admin {

// What the workers have done, `show activity` in HAProxy's layout. `then` gets it on the control
// thread.
void gather_activity(Engine& engine, std::function<void(std::string)> then);

}  // namespace lb::admin
