#pragma once

#include <vector>

#include "conf/model.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// `allow` and `deny`: networks, or "file:PATH" for a file with one a line and # comments. Mistakes
// in such a file are told with its own name and lines.
[[nodiscard]] std::vector<Network> networks_at(const Cursor& at);

}  // namespace conf::yaml
