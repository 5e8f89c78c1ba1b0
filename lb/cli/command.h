#pragma once

#include <CLI/CLI.hpp>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

#include "lb/cli/client.h"
#include "lb/cli/stat.h"
#include "lb/cli/table.h"
#include "lb/cli/target.h"

// What the commands of tidectl have in common. A file of commands has one function that adds them
// to the application; what a command does is a function that answers its exit status.
namespace lb::cli {

// What the command line says to every command.
struct Context {
  std::string socket;
  Format format = Format::kTable;
  int status = 0;  // what the process ends with

  [[nodiscard]] Client client() const { return Client(socket); }
};

inline constexpr int kFailed = 1;
inline constexpr int kInterrupted = 130;

// A command with --socket and --output, and the examples that its help ends with. `run` is called
// when the command line is read: `add_command(...)->callback([...] { context.status = ...; })`.
CLI::App* add_command(CLI::App& parent, Context& context, std::string name, std::string description,
                      std::string examples);

// --output alone. For the root, so that it may also stand before the command.
void add_output(CLI::App& app, Context& context);
void add_socket(CLI::App& app, Context& context);

// For CLI11: applies a function of lb/cli/words.h or the like to a value as it is read, so that a
// mistake is told with the option's name.
template <typename Read>
CLI::Validator checked(Read read) {
  return CLI::Validator(
      [read](std::string& text) {
        auto value = read(text);
        if (!value) return value.error();
        text = *value;
        return std::string();
      },
      "");
}

// Prints a sentence, or the API's error, to stderr. Answers kFailed.
int fail(std::string_view sentence);

// The same, and a name that nobody has gets the nearest one said.
int fail(const Context& context, std::string_view error, const Target& target);

// Prints the table in the form that was asked for. Answers 0.
int show(const Context& context, const Table& table);

// `show stat`, read.
[[nodiscard]] std::expected<std::vector<Stat>, std::string> ask_stat(const Client& client);

}  // namespace lb::cli
