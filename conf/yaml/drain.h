#pragma once

#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/cursor.h"
#include "conf/yaml/fields.h"

// `drain`: how the sessions of a server end that is drained.
namespace conf::yaml {

void read_drain(const Cursor& at, Drain& drain);
void list_drain_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
