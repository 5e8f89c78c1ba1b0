#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lb/admin/command_table.h"

namespace lb::admin {

// Opens the log files anew and tells later, on the control thread, which could not be.
using ReopenLogs = std::function<void(std::function<void(const std::vector<std::string>& faults)>)>;

void add_log_commands(CommandTable& table, ReopenLogs reopen);

}  // namespace lb::admin
