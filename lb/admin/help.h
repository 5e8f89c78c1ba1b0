#pragma once

#include <span>
#include <string>

#include "lb/admin/command_table.h"

namespace lb::admin {

// The reply to `help` with these words behind it: the commands that begin so, of those that the
// level allows, in HAProxy's layout.
[[nodiscard]] std::string help_text(const CommandTable& table, Level level,
                                    std::span<const std::string> words);

// The reply to a line that begins with no command: that it is unknown, and what may have been
// meant.
[[nodiscard]] std::string unknown_text(const CommandTable& table, Level level,
                                       std::span<const std::string> words);

}  // namespace lb::admin
