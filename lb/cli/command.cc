#include "lb/cli/command.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>

#include "lb/cli/terminal.h"

namespace lb::cli {

void add_socket(CLI::App& app, Context& context) {
  app.add_option("-s,--socket", context.socket,
                 "the admin socket: a path or HOST:PORT (else $TIDEGATE_SOCKET, else "
                 "/run/tidegate/admin.sock)")
      ->type_name("SOCKET");
}

void add_output(CLI::App& app, Context& context) {
  static const std::map<std::string, Format> kFormats = {
      {"table", Format::kTable}, {"json", Format::kJson}, {"csv", Format::kCsv}};
  app.add_option("-o,--output", context.format, "how to print: table, json or csv")
      ->type_name("FORM")
      ->transform(CLI::CheckedTransformer(kFormats).description(""));
}

CLI::App* add_command(CLI::App& parent, Context& context, std::string name, std::string description,
                      std::string examples) {
  CLI::App* const command = parent.add_subcommand(std::move(name), std::move(description));
  command->footer("Examples:\n" + examples);
  add_socket(*command, context);
  add_output(*command, context);
  return command;
}

int fail(std::string_view sentence) {
  fmt::print(stderr, "tidectl: {}\n", sentence);
  return kFailed;
}

int fail(const Context& context, std::string_view error, const Target& target) {
  fail(error);
  // Without an answer there was no daemon to know a name, and the error has said so.
  const auto stats = ask_stat(context.client());
  if (stats) {
    const std::string hint = wrong_name(target, *stats);
    if (!hint.empty()) fail(hint);
  }
  return kFailed;
}

int show(const Context& context, const Table& table) {
  fmt::print("{}", render(table, context.format, colour_wanted()));
  return 0;
}

std::expected<std::vector<Stat>, std::string> ask_stat(const Client& client) {
  const auto answer = client.ask("show stat");
  if (!answer) return std::unexpected(answer.error());
  return read_stat(*answer);
}

}  // namespace lb::cli
