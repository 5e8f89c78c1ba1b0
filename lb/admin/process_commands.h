#pragma once

#include <string>
#include <vector>

#include "conf/admin.h"
#include "lb/admin/command_table.h"

namespace lb::admin {

// What `show version`, `show env` and `show cli sockets` tell of.
struct ProcessFacts {
  std::string version;  // "0.1.0"
  std::vector<conf::AdminSocket> sockets;
};

void add_process_commands(CommandTable& table, const ProcessFacts& facts);

}  // namespace lb::admin
