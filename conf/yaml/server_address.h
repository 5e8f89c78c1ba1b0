#pragma once

#include "conf/model.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// Reads where a server is, asking for the address of a name; of several the first is taken, with a
// note. A name without an address is a mistake, or with `may_be_unknown` a note.
void read_server_address(const Cursor& at, bool may_be_unknown, Server& server);

}  // namespace conf::yaml
