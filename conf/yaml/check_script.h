#pragma once

#include <string>
#include <vector>

#include "conf/check.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `script` of a check: its steps, one or a list. HAProxy's `tcp-check` rules.
[[nodiscard]] std::vector<CheckStep> read_check_script(const Cursor& at);
void list_check_script_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
