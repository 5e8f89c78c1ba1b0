#include "lb/admin/diagnostic_commands.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lb/admin/limit_number.h"
#include "lb/admin/server.h"
#include "lb/admin/show_activity.h"
#include "lb/admin/show_fd.h"
#include "lb/admin/show_pools.h"

namespace lb::admin {
namespace {

std::function<void(std::string)> into(Answer answer) {
  const auto kept = std::make_shared<Answer>(std::move(answer));
  return [kept](const std::string& text) {
    kept->line(text);
    kept->finish();
  };
}

void show_fd(Engine& engine, std::vector<std::string> admin, const Request& request,
             Answer answer) {
  std::optional<int> one;
  if (!request.words.empty()) {
    const auto asked = limit_in(request.word(0), "Integer value expected.");
    if (!asked) return answer.fail(asked.error());
    one = static_cast<int>(*asked);
  }
  const auto kept = std::make_shared<Answer>(std::move(answer));
  gather_descriptors(engine, std::move(admin), one,
                     [kept](Producer lines) { kept->stream(std::move(lines)); });
}

}  // namespace

void add_diagnostic_commands(CommandTable& table, Engine& engine,
                             const std::vector<conf::AdminSocket>& sockets) {
  table.add({.words = "show activity",
             .arguments = "",
             .description = "show per-thread activity stats (for support/developers)",
             .level = Level::kOperator,
             .handler = [&engine](const Request&, Answer answer) {
               gather_activity(engine, into(std::move(answer)));
             }});
  std::vector<std::string> admin;
  admin.reserve(sockets.size());
  for (const conf::AdminSocket& socket : sockets) admin.push_back(shown(socket.address));
  table.add({.words = "show fd",
             .arguments = "[num]",
             .description = "dump list of file descriptors in use or a specific one",
             .level = Level::kOperator,
             .handler = [&engine, admin](const Request& request, Answer answer) {
               show_fd(engine, admin, request, std::move(answer));
             }});
  table.add({.words = "show pools",
             .arguments = "",
             .description = "report information about the memory pools usage",
             .handler = [&engine](const Request&, Answer answer) {
               gather_pools(engine, into(std::move(answer)));
             }});
}

}  // namespace lb::admin
