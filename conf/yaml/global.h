#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// The section `global`: the process.
void read_global(const Cursor& at, Global& global);
void list_global_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
