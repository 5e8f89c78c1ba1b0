#pragma once

#include <span>

#include "lb/cli/stat.h"
#include "lb/cli/table.h"

namespace lb::cli {

// Frontends, backends and servers as `tidectl status` shows them, in the order of the API.
[[nodiscard]] Table status_table(std::span<const Stat> stats);

// The cells that `tidectl top` shares with it.
[[nodiscard]] Cell state_cell(const Stat& stat);
[[nodiscard]] Cell number_cell(const std::optional<std::int64_t>& number);

}  // namespace lb::cli
