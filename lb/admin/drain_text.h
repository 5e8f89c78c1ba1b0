#pragma once

#include <string>
#include <vector>

#include "lb/drains.h"

namespace lb::admin {

// Drains as `drains json` tells them: lb/admin/README.md has the schema.
[[nodiscard]] std::string drains_json(const std::vector<DrainView>& drains);

// One line each, in columns under a header.
[[nodiscard]] std::string drains_table(const std::vector<DrainView>& drains);

// "app/s1 drains: 123 sessions, to be closed within 2m."
[[nodiscard]] std::string begin_line(const DrainView& drain);

}  // namespace lb::admin
