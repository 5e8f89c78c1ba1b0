#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"

namespace lb::admin {

// `rebalance`: sessions move to servers that have few. The engine outlives the table.
void add_rebalance_commands(CommandTable& table, Engine& engine);

}  // namespace lb::admin
