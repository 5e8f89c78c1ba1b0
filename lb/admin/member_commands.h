#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"
#include "lb/statistics.h"

namespace lb::admin {

// `add server` and `del server`. Engine and statistics outlive the table.
void add_member_commands(CommandTable& table, Engine& engine, Statistics& statistics);

}  // namespace lb::admin
