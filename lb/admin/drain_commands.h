#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"

namespace lb::admin {

// `drain` and `drains`: what lb/admin/README.md, "Draining", promises.
void add_drain_commands(CommandTable& table, Engine& engine);

}  // namespace lb::admin
