#include "lb/cli/table.h"

#include <catch2/catch.hpp>

using lb::cli::as_csv;
using lb::cli::as_json;
using lb::cli::as_text;
using lb::cli::Cell;
using lb::cli::Table;
using lb::cli::Tone;

namespace {

Table table() {
  return {.columns = {{.key = "name"}, {.key = "bytes_in", .number = true}},
          .rows = {{Cell::of("s1", Tone::kGood), Cell::of(12'345, "12.3k")},
                   {Cell::of("spare"), Cell::nothing()}}};
}

}  // namespace

TEST_CASE("texts stand to the left and numbers to the right", "[cli]") {
  CHECK(as_text(table(), false) ==
        "NAME   BYTES IN\n"
        "s1        12.3k\n"
        "spare         -\n");
}

TEST_CASE("colour changes nothing but the colour", "[cli]") {
  CHECK(as_text(table(), true) ==
        "\x1b[1mNAME\x1b[0m   \x1b[1mBYTES IN\x1b[0m\n"
        "\x1b[32ms1\x1b[0m        12.3k\n"
        "spare         \x1b[2m-\x1b[0m\n");
}

TEST_CASE("a text cannot reach the terminal's controls", "[cli]") {
  const Table hostile{.columns = {{.key = "check"}}, .rows = {{Cell::of("a\x1b[2J\nb")}}};

  CHECK(as_text(hostile, false) == "CHECK\na?[2J?b\n");
}

TEST_CASE("block characters are one column wide", "[cli]") {
  const Table curve{.columns = {{.key = "a"}, {.key = "b"}},
                    .rows = {{Cell::of("▁█"), Cell::of("x")}, {Cell::of("ab"), Cell::of("y")}}};

  CHECK(as_text(curve, false) == "A   B\n▁█  x\nab  y\n");
}

TEST_CASE("JSON has exact numbers, and null where there is nothing", "[cli]") {
  CHECK(as_json(table()) ==
        "[\n"
        "  {\n    \"name\": \"s1\",\n    \"bytes_in\": 12345\n  },\n"
        "  {\n    \"name\": \"spare\",\n    \"bytes_in\": null\n  }\n"
        "]\n");
}

TEST_CASE("CSV has exact numbers, and quotes where they are needed", "[cli]") {
  Table with_quotes = table();
  with_quotes.rows[1][0] = Cell::of("a,\"b\"");

  CHECK(as_csv(with_quotes) == "name,bytes_in\ns1,12345\n\"a,\"\"b\"\"\",\n");
}
