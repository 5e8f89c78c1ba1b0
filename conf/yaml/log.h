#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `global.log`: one target or a list, each a name or a mapping.
void read_log(const Cursor& at, Global& global);
void list_log_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
