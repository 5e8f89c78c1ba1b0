#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"

namespace lb::admin {

// disable, enable and shutdown of a frontend, and its maxconn.
void add_frontend_commands(CommandTable& table, Engine& engine);

}  // namespace lb::admin
