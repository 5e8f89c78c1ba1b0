#include "conf/yaml/document.h"

#include <catch2/catch.hpp>

namespace conf::yaml {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

struct Case {
  std::string text;
  int line;
  std::string what;
};

TEST_CASE("a syntax error is told with its line and what would be right", "[conf]") {
  const auto [text, line, what] = GENERATE(values<Case>({
      {"a: 1\nb: [::]:80\n", 2,
       "end of map not found: write an address that begins with [ in quotes, as \"[::]:80\""},
      {"a: 1\nb: *:80\n", 2,
       "the referenced anchor is not defined: write a value that begins with * in quotes, as "
       "\"*:80\""},
      {"a: {b: ${X}}\n", 1, "end of map flow not found: write ${...} between [ ] or { } in quotes"},
      {"a:\n\t- b\n", 2, "illegal block entry: indent with spaces, not with tabs"},
      {"a: b: c\n", 1,
       "illegal map value: look at indentation, quotes and brackets here and just above"},
      {"a: 1\nb: [1, 2\n", 2,
       "end of sequence flow not found: look at indentation, quotes and brackets here and just "
       "above"},
      {"a: \"\\\x01\"\n", 1,
       "unknown escape character: ?: look at indentation, quotes and brackets here and just above"},
      {"a: 1\nb: 'x\nc: 2\n", 2, "a quote that is opened here or just below is not closed"},
      {"a: 1\n---\nb: 2\n", 2, "a second document begins here: write one a file"},
      {"a: &x 1\nb:\n  <<: *x\n", 3,
       "merge keys (<<) are not supported: put what is shared into defaults or server_defaults"},
      {"a: !!str 1\n", 1, "tags such as !!str are not used here: remove the tag"},
      {"[a]: 1\n", 1, "a key must be one word, is a list or a mapping"},
      {"? {a: 1}\n: 1\n", 1, "a key must be one word, is a list or a mapping"},
      {": 1\n", 1, "a key is missing before the colon"},
      {"a: &x 1\n*x : 2\n", 2, "an alias cannot be a key: write the key out"},
      {"a: &x\n  - *x\n", 2, "an alias stands inside what it repeats"},
  }));

  const auto document = parse(text);

  REQUIRE_FALSE(document);
  CHECK(document.error().what == what);
  CHECK(document.error().line == line);
}

TEST_CASE("nesting is bounded before it can exhaust the stack", "[conf]") {
  const std::string text =
      GENERATE(repeated("[", 100'000), repeated("{a: ", 50'000), repeated("- ", 100'000),
               repeated("? ", 100'000), repeated("[\n", 1'000'000), repeated("- [", 50'000));

  const auto document = parse(text);

  REQUIRE_FALSE(document);
}

TEST_CASE("nesting of 32 is read, of 33 refused", "[conf]") {
  CHECK(parse("a: " + repeated("[", 31) + repeated("]", 31)));

  const auto deeper = parse("a: " + repeated("[", 32) + repeated("]", 32));
  REQUIRE_FALSE(deeper);
  CHECK(deeper.error().what == "nested more than 32 deep: nothing here needs that");
}

TEST_CASE("aliases count as what they repeat", "[conf]") {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const std::string alias = "*a" + std::to_string(i - 1) + ", ";
    bomb +=
        "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + repeated(alias, 10) + "]\n";
  }

  const auto document = parse(bomb);

  REQUIRE_FALSE(document);
  CHECK(document.error().what == "more than 1,000,000 values: write less, repeat less");
  CHECK(document.error().line == 6);
}

TEST_CASE("lines are those of the file, whatever ends them", "[conf]") {
  const auto document =
      parse("\xef\xbb\xbf# first\r\na:\r\n  - 1\r\n  - 2\r\nb: |\r\n  x\r\nc: 3\r\n");

  REQUIRE(document);
  const auto& entries = document->root->children;
  REQUIRE(entries.size() == 3);
  CHECK(entries[0].line == 2);
  CHECK(entries[0].node->children.at(1).line == 4);
  CHECK(entries[2].line == 7);
}

}  // namespace
}  // namespace conf::yaml
