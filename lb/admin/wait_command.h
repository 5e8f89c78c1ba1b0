#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"
#include "lb/net/loop.h"

namespace lb::admin {

// `wait`, HAProxy 3.x's: for a time, or until a server could be removed. The loop outlives the
// table.
void add_wait_command(CommandTable& table, Engine& engine, net::Loop& loop);

}  // namespace lb::admin
