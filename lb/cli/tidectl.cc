#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <span>

#include "conf/nearest.h"
#include "conf/value.h"
#include "lb/cli/commands.h"

// CMake defines TIDEGATE_VERSION.
namespace lb::cli {
namespace {

constexpr int kUsage = 2;

std::string default_socket() {
  const char* const named =
      std::getenv("TIDEGATE_SOCKET");  // NOLINT(concurrency-mt-unsafe): one thread
  return named != nullptr && *named != '\0' ? named : "/run/tidegate/admin.sock";
}

void add_commands(CLI::App& app, Context& context) {
  app.require_subcommand(1);
  app.set_version_flag("--version", "tidectl " TIDEGATE_VERSION);
  app.footer(
      "Examples:\n"
      "  tidectl status\n"
      "  tidectl drain app/s1 --deadline 2m --watch\n"
      "  tidectl -s 10.0.0.5:9999 top\n"
      "\n"
      "tidectl COMMAND --help tells more. Exit status: 0 done, 1 refused or no answer, 2 a wrong\n"
      "command line; see drain for more.");
  add_socket(app, context);
  add_output(app, context);
  add_status(app, context);
  add_top(app, context);
  add_drain(app, context);
  add_server(app, context);
  add_sessions(app, context);
  add_fleet(app, context);
  add_rebalance(app, context);
  add_plain(app, context);
  add_completion(app);
}

// CLI11 would complain of the first argument of a command that does not exist.
bool names_no_command(const CLI::App& app, std::string_view word) {
  if (word.starts_with('-')) return false;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_name() == word) return false;
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view near = conf::nearest(word, views);
  fail(fmt::format(
      "there is no command {}: {}", conf::quoted(word),
      near.empty() ? "tidectl --help lists them" : fmt::format("did you mean \"{}\"?", near)));
  return true;
}

int run(std::span<char*> arguments) {
  Context context{.socket = default_socket()};
  CLI::App app("Talks to a running Tidegate through its admin socket.", "tidectl");
  add_commands(app, context);
  try {
    app.parse(static_cast<int>(arguments.size()), arguments.data());
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);
    if (arguments.size() > 1 && names_no_command(app, arguments[1])) return kUsage;
    app.exit(error);
    return kUsage;
  }
  return context.status;
}

}  // namespace
}  // namespace lb::cli

int main(int argc, char** argv) {
  try {
    return lb::cli::run(std::span(argv, static_cast<std::size_t>(argc)));
  } catch (const std::exception& error) {
    return lb::cli::fail(error.what());
  }
}
