#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `global.admin`: one socket or a list, each a path or a mapping.
void read_admin(const Cursor& at, Global& global);
void list_admin_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
