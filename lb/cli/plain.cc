#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>

#include "lb/cli/commands.h"
#include "lb/cli/daemon_binary.h"

namespace lb::cli {
namespace {

// The daemon's own check takes the place of this process.
int check(const std::vector<std::string>& files) {
  std::error_code unknown;
  const std::string self = std::filesystem::read_symlink("/proc/self/exe", unknown);
  const char* const path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): one thread
  for (const std::string& place : daemon_places(self, path != nullptr ? path : "")) {
    if (::access(place.c_str(), X_OK) != 0) continue;
    std::vector<std::string> words = {place, "-c", "-V"};
    for (const std::string& file : files) words.insert(words.end(), {"-f", file});
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(place.c_str(), arguments.data());
    return fail(fmt::format("{}: {}", place, std::generic_category().message(errno)));
  }
  return fail("there is no tidegate beside this program, and none in PATH: install it");
}

int reopen_logs(const Context& context) {
  const auto answer = context.client().ask("log reopen");
  if (!answer) return fail(answer.error());
  return show(context, {.columns = {{.key = "log"}}, .rows = {{Cell::of("reopened")}}});
}

int raw(const Context& context, const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words) command.append(command.empty() ? "" : " ").append(word);
  const auto reply = context.client().ask_patiently(command);
  if (!reply) return fail(reply.error());
  if (!reply->text.empty()) fmt::print("{}\n", reply->text);
  return reply->errors.empty() ? 0 : fail(reply->errors);
}

}  // namespace

void add_plain(CLI::App& app, Context& context) {
  const auto files = std::make_shared<std::vector<std::string>>();
  CLI::App* command = app.add_subcommand("check", "Is this configuration right?");
  command->footer(
      "Examples:\n"
      "  tidectl check /etc/tidegate/tidegate.yaml     runs tidegate -c -V -f FILE");
  command->add_option("file", *files, "files or directories, read as one")->required();
  command->callback([&context, files] { context.status = check(*files); });

  CLI::App* const log = app.add_subcommand("log", "The log files of the daemon");
  log->require_subcommand(1);
  command = add_command(*log, context, "reopen", "Open them anew, after a rotation",
                        "  tidectl log reopen");
  command->callback([&context] { context.status = reopen_logs(context); });

  const auto words = std::make_shared<std::vector<std::string>>();
  command = app.add_subcommand("raw", "Send a command of the runtime API as it is");
  command->footer(
      "Examples:\n"
      "  tidectl raw show info\n"
      "  tidectl raw \"show stat -1 4 -1; show version\"");
  add_socket(*command, context);
  command->add_option("command", *words)->required();
  command->callback([&context, words] { context.status = raw(context, *words); });
}

}  // namespace lb::cli
