#pragma once

#include <string>

#include "conf/model.h"

namespace lb::demo {

// What the backend's algorithm would do with a thousand clients of as many addresses: how many each
// server gets, and who lands elsewhere when the last server goes. Lines to be shown.
[[nodiscard]] std::string effect_of(const conf::Backend& config);

}  // namespace lb::demo
