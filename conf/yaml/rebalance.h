#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/cursor.h"
#include "conf/yaml/fields.h"

// `rebalance`: when sessions move to servers that have come.
namespace conf::yaml {

void read_rebalance(const Cursor& at, Backend& backend);
void list_rebalance_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
