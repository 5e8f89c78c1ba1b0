#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"

namespace lb::admin {

// Who is connected, and an end to it: `show sess`, `sessions`, `shutdown session`, `shutdown
// sessions server`.
void add_session_commands(CommandTable& table, Engine& engine);

}  // namespace lb::admin
