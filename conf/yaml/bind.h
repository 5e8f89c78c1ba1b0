#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `bind` of a frontend: one address or a list, each as text or a mapping.
void read_binds(const Cursor& at, Frontend& frontend);
void list_bind_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
