#pragma once

#include "lb/admin/command_table.h"

namespace lb::admin {

// help, prompt, quit, operator, user, echo, `set severity-output`, `set timeout cli` and `show cli
// level`: a client's own affairs. The table is what `help` shows; the commands live in it.
void add_client_commands(CommandTable& table);

}  // namespace lb::admin
