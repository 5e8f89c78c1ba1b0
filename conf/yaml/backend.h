#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/defaults.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

[[nodiscard]] Backend read_backend(const Cursor& at, std::string_view name,
                                   const Defaults& defaults);
void list_backend_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
