#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `balance`: the name of an algorithm, or a mapping with its settings. Read after the servers.
void read_balance(const Cursor& at, Backend& backend);
void list_balance_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
