#pragma once

#include <optional>

#include "conf/balance.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// Leaf: the name of an algorithm. To one of another balancer the mistake says what it is here.
[[nodiscard]] std::optional<Algorithm> algorithm_at(const Cursor& at);

}  // namespace conf::yaml
