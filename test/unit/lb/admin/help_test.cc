#include "lb/admin/help.h"

#include <catch2/catch.hpp>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

namespace {

using lb::admin::CommandTable;
using lb::admin::Level;
using Texts = std::vector<std::string>;

CommandTable some_table() {
  CommandTable table;
  const auto add = [&table](const char* words, Level level = Level::kUser) {
    table.add({.words = words, .arguments = "", .description = "x", .level = level, .handler = {}});
  };
  for (const char* words :
       {"quit", "help", "prompt", "show env", "show errors", "show cache", "set weight", "echo"})
    add(words);
  add("set server", Level::kAdmin);
  return table;
}

// The commands it lists, but for the three that every list ends with.
Texts listed(const std::string& text) {
  std::istringstream lines(text);
  Texts found;
  std::string line;
  std::getline(lines, line);
  while (std::getline(lines, line))
    found.push_back(line.substr(2, line.find_last_not_of(' ', line.find(':') - 1) - 1));
  REQUIRE(found.size() >= 3);
  CHECK(Texts(found.end() - 3, found.end()) == Texts{"help", "prompt", "quit"});
  found.resize(found.size() - 3);
  return found;
}

Texts words_of(const std::string& line) {
  std::istringstream stream(line);
  return {std::istream_iterator<std::string>(stream), {}};
}

}  // namespace

TEST_CASE("help lists what may be used, in HAProxy's layout", "[admin]") {
  CommandTable table;
  table.add({.words = "show env",
             .arguments = "[var]",
             .description = "dump it",
             .level = Level::kOperator,
             .handler = {}});
  table.add({.words = "show profiling",
             .arguments = "[<what>|<#lines>|byaddr]*",
             .description = "show it",
             .handler = {}});

  CHECK(lb::admin::help_text(table, Level::kOperator, {}) ==
        "The following commands are valid at this level:\n"
        "  show env [var]                          : dump it\n"
        "  show profiling [<what>|<#lines>|byaddr]*: show it\n");
  CHECK(lb::admin::help_text(table, Level::kUser, {}) ==
        "The following commands are valid at this level:\n"
        "  show profiling [<what>|<#lines>|byaddr]*: show it\n");
}

TEST_CASE("help and unknown commands show what begins so, or else what comes close", "[admin]") {
  const auto [typed, commands] = GENERATE(table<std::string, Texts>({
      {"show", {"show cache", "show env", "show errors"}},
      {"show e", {"show env", "show errors"}},
      {"show errros x", {"show errors"}},
      {"show nothing", {"show cache", "show env", "show errors"}},
      {"shwo env", {"show cache", "show env", "show errors"}},
      {"s", {"set server", "set weight", "show cache", "show env", "show errors"}},
      {"set wieght", {"set weight"}},
  }));
  INFO(typed);
  const CommandTable table = some_table();
  CHECK(listed(help_text(table, Level::kAdmin, words_of(typed))) == commands);
  const std::string unknown = unknown_text(table, Level::kAdmin, words_of(typed));
  CHECK(listed(unknown) == commands);
  CHECK_THAT(unknown, Catch::StartsWith("Unknown command: '" + words_of(typed)[0] +
                                        "', but maybe one of the following ones is a better "
                                        "match:\n"));
}

TEST_CASE("where nothing comes close all that may be used is shown", "[admin]") {
  const CommandTable table = some_table();

  const std::string unknown = unknown_text(table, Level::kUser, words_of("xyzzy"));
  CHECK_THAT(unknown, Catch::StartsWith("Unknown command: 'xyzzy'. Please enter one of the "
                                        "following commands only:\n"));
  CHECK(listed(unknown) == Texts{"echo", "set weight", "show cache", "show env", "show errors"});
  CHECK_THAT(unknown_text(table, Level::kUser, {}),
             Catch::StartsWith("Unknown command. Please enter one of the following commands "
                               "only:\n"));
}

TEST_CASE("what is shown of a strange command is short and printable", "[admin]") {
  const Texts strange = {"\x1b[2J" + std::string(10'000, 'x')};

  const std::string text = unknown_text(some_table(), Level::kUser, strange);

  CHECK_FALSE(text.contains('\x1b'));
  CHECK(text.size() < 1000);
}
