#pragma once

#include "conf/model.h"
#include "conf/yaml/cursor.h"

// For how long, and how many servers are out for what sessions have met. Read after the servers, as
// they are told to have no effect where none can be ejected, and in this order.
namespace conf::yaml {

void read_max_ejected(const Cursor& at, Backend& backend);
void read_ejection_time(const Cursor& at, Backend& backend);
void read_longest_ejection(const Cursor& at, Backend& backend);

}  // namespace conf::yaml
