#pragma once

#include "lb/cli/fields.h"
#include "lb/cli/table.h"

namespace lb::cli {

// The sessions of an answer to `sessions json`.
[[nodiscard]] Table sessions_table(const Json& answer);

}  // namespace lb::cli
