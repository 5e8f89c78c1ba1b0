#pragma once

#include "lb/admin/command_table.h"
#include "lb/engine.h"
#include "lb/statistics.h"

namespace lb::admin {

// What tells of proxies and servers and changes nothing: `show stat`, `show info`, `show servers`,
// `show backend`, `show errors`, `get weight`; and `clear counters`. Both outlive the table.
void add_stat_commands(CommandTable& table, Engine& engine, Statistics& statistics);

}  // namespace lb::admin
