#include "lb/admin/process_commands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>
#include <utility>

#include "lb/admin/server.h"

namespace lb::admin {
namespace {

void show_env(const Request& request, Answer answer) {
  const std::string_view name = request.word(0);
  bool found = name.empty();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!name.empty() && text.substr(0, text.find('=')) != name) continue;
    found = true;
    answer.line(text);
  }
  if (!found) answer.fail("Variable not found");
}

std::string sockets_text(const std::vector<conf::AdminSocket>& sockets) {
  std::string text = "# socket lvl processes\n";
  for (const conf::AdminSocket& socket : sockets)
    text += fmt::format("{} {} all\n", shown(socket.address), conf::name_of(socket.level));
  return text;
}

}  // namespace

void add_process_commands(CommandTable& table, const ProcessFacts& facts) {
  table.add({.words = "show version",
             .arguments = "",
             .description = "show version of the current process",
             .handler = [version = facts.version](const Request&, Answer answer) {
               answer.say(conf::LogLevel::kInfo, version);
             }});
  table.add({.words = "show env",
             .arguments = "[var]",
             .description = "dump environment variables known to the process",
             .level = Level::kOperator,
             .handler = show_env});
  table.add({.words = "show cli sockets",
             .arguments = "",
             .description = "dump list of cli sockets",
             .handler = [text = sockets_text(facts.sockets)](const Request&, Answer answer) {
               answer.line(text);
             }});
}

}  // namespace lb::admin
