#pragma once

#include <string>
#include <vector>

#include "conf/check.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `expect` of a script's step: a text that must come, or a mapping.
[[nodiscard]] CheckExpect read_script_expect(const Cursor& at);
void list_script_expect_keys(const std::string& prefix, std::vector<KnownKey>& keys);

// One `expect` of an HTTP check, a mapping.
[[nodiscard]] CheckExpect read_http_expect(const Cursor& at);
void list_http_expect_keys(const std::string& prefix, std::vector<KnownKey>& keys);

// What an HTTP check expects when nothing is said.
[[nodiscard]] CheckExpect http_well();

}  // namespace conf::yaml
