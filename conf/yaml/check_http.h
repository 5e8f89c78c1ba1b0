#pragma once

#include <string>
#include <vector>

#include "conf/check.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `http` of a check: a request, and what its answer has to be.
[[nodiscard]] CheckDialog read_check_http(const Cursor& at);
void list_check_http_keys(const std::string& prefix, std::vector<KnownKey>& keys);

// The one of HAProxy's `option httpchk` without a word.
[[nodiscard]] CheckDialog plain_http();

}  // namespace conf::yaml
