#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"

namespace lb::admin {

// set maxconn global, set rate-limit.
void add_limit_commands(CommandTable& table, Engine& engine);

}  // namespace lb::admin
