#pragma once

#include <vector>

#include "conf/admin.h"
#include "lb/admin/command_table.h"
#include "lb/engine.h"

namespace lb::admin {

// show activity, show fd, show pools. `sockets` are those of the runtime API.
void add_diagnostic_commands(CommandTable& table, Engine& engine,
                             const std::vector<conf::AdminSocket>& sockets);

}  // namespace lb::admin
