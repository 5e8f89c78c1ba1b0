#include "lb/admin/log_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <utility>

namespace lb::admin {

void add_log_commands(CommandTable& table, ReopenLogs reopen) {
  table.add({.words = "log reopen",
             .arguments = "",
             .description = "open the log files anew, after a rotation",
             .level = Level::kAdmin,
             .changes = true,
             .handler = [reopen = std::move(reopen)](const Request&, Answer answer) {
               const auto kept = std::make_shared<Answer>(std::move(answer));
               reopen([kept](const std::vector<std::string>& faults) {
                 if (!faults.empty())
                   return kept->fail(
                       fmt::format("{}; lines go on into the old file.", fmt::join(faults, ", ")));
                 kept->finish();
               });
             }});
}

}  // namespace lb::admin
