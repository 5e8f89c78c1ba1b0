#include "lb/admin/command_reader.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

using lb::admin::CommandReader;
using State = CommandReader::State;
using Texts = std::vector<std::string>;

// What comes of it, each command as "word|word", with " <payload>" behind it and a "." where its
// line ends.
Texts read_all(CommandReader& reader) {
  Texts found;
  while (true) {
    const State state = reader.next();
    if (state == State::kNeedsBytes) return found;
    if (state == State::kNeedsPayload) continue;
    if (state == State::kTooLong) {
      found.emplace_back("too long");
      return found;
    }
    std::string text;
    for (const std::string& word : reader.command().words) text += (text.empty() ? "" : "|") + word;
    if (!reader.command().payload.empty()) text += " <" + reader.command().payload + ">";
    found.push_back(text + (reader.command().ends_line ? "." : ""));
  }
}

Texts commands_of(std::string_view input) {
  CommandReader reader;
  reader.take(input);
  return read_all(reader);
}

Texts commands_byte_by_byte(std::string_view input) {
  CommandReader reader;
  Texts all;
  for (const char byte : input) {
    reader.take({&byte, 1});
    for (std::string& text : read_all(reader)) all.push_back(std::move(text));
  }
  return all;
}

}  // namespace

TEST_CASE("a line is cut into commands and these into words", "[admin]") {
  const auto [input, commands] = GENERATE(table<std::string, Texts>({
      {"show version\n", {"show|version."}},
      {"show version", {}},
      {"show version\r\n", {"show|version."}},
      {" \t show  \tversion \n", {"show|version."}},
      {"a b;c d;e\nf\n", {"a|b", "c|d", "e.", "f."}},
      {"\n", {"."}},
      {";\n", {"", "."}},
      {"a;\n", {"a", "."}},
      {R"(echo a\;b;c)"
       "\n",
       {"echo|a;b", "c."}},
      {R"(echo a\ b \\ \x)"
       "\n",
       {R"(echo|a b|\|x.)"}},
      {R"(echo a\\;b)"
       "\n",
       {R"(echo|a\)", "b."}},
      {"a\\\n", {"a."}},
      {std::string("a\0b\n", 4), {std::string("a\0b.", 4)}},
      {"\"a b\" 'c'\n", {"\"a|b\"|'c'."}},
  }));
  INFO(input);
  CHECK(commands_of(input) == commands);
  CHECK(commands_byte_by_byte(input) == commands);
}

TEST_CASE("a payload goes to the last command of its line, up to an empty line or its tag",
          "[admin]") {
  const auto [input, commands] = GENERATE(table<std::string, Texts>({
      {"add map x <<\na b\nc;d\n\ne\n", {"add|map|x <a b\nc;d\n>.", "e."}},
      {"add x <<END\na\n\nEND\ne\n", {"add|x <a\n\n>.", "e."}},
      {"a;b <<\r\nc\r\n\r\nd\n", {"a", "b <c\r\n>.", "d."}},
      {"<<\n\n", {"."}},
      {"a <<\nno end\n", {}},
      {"a <<;b\n", {"a|<<", "b."}},
      {"a << b\n", {"a|<<|b."}},
      {"a \\<<\n", {"a|<<."}},
  }));
  INFO(input);
  CHECK(commands_of(input) == commands);
  CHECK(commands_byte_by_byte(input) == commands);
}

TEST_CASE("each line of payload is asked for", "[admin]") {
  CommandReader reader;
  reader.take("a <<\n");
  CHECK(reader.next() == State::kNeedsPayload);
  CHECK(reader.next() == State::kNeedsBytes);
  reader.take("b\n");
  CHECK(reader.next() == State::kNeedsPayload);
  reader.take("\n");
  CHECK(reader.next() == State::kCommand);
}

TEST_CASE("a line has a longest length, whether its end has come or not", "[admin]") {
  const std::string longest(CommandReader::kLongestLine, 'x');

  CHECK(commands_of(longest) == Texts{});
  CHECK(commands_of(longest + "\n") == Texts{longest + "."});
  CHECK(commands_of(longest + "x") == Texts{"too long"});
  CHECK(commands_of(longest + "x\n") == Texts{"too long"});
  CHECK(commands_of("a\n" + longest + "x") == Texts{"a.", "too long"});
}

TEST_CASE("a payload has a longest length", "[admin]") {
  std::string input = "a <<\n";
  while (input.size() < CommandReader::kLongestPayload) input += std::string(1023, 'x') + "\n";
  CHECK(commands_of(input + "\n").size() == 1);

  for (int i = 0; i < 2; ++i) input += std::string(1023, 'x') + "\n";
  CHECK(commands_of(input + "\n") == Texts{"too long"});
  CHECK(commands_of("a <<\n" + std::string(CommandReader::kLongestPayload + 1, 'x')) ==
        Texts{"too long"});
}
