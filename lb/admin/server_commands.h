#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"

namespace lb::admin {

// What an operator wants of a server: `set server`, `set weight`, `enable|disable
// server|health|agent`, `set maxconn server`. Their replies are sent when all workers know of it.
void add_server_commands(CommandTable& table, Engine& engine);

}  // namespace lb::admin
