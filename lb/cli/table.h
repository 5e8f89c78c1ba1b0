#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lb::cli {

enum class Format : std::uint8_t { kTable, kJson, kCsv };

// What a cell's colour says; it is only ever an addition to its text.
enum class Tone : std::uint8_t { kPlain, kGood, kWarning, kBad, kFaint };

// A value with the text that a person reads instead of it.
struct Cell {
  using Value = std::variant<std::monostate, std::int64_t, std::string>;

  Value value;       // what JSON and CSV have: null or empty, a number, a text
  std::string text;  // what a table has
  Tone tone = Tone::kPlain;

  [[nodiscard]] static Cell of(std::string_view text, Tone tone = Tone::kPlain);
  [[nodiscard]] static Cell of(std::int64_t number);
  [[nodiscard]] static Cell of(std::int64_t number, std::string text);
  [[nodiscard]] static Cell nothing();  // "-"
};

struct Column {
  std::string_view key;         // in JSON and CSV
  bool number = false;          // to the right
  std::string_view title = {};  // in the table; empty: the key in capitals, `_` as a space
};

// What a command has found, in rows of as many cells as there are columns.
struct Table {
  std::vector<Column> columns;
  std::vector<std::vector<Cell>> rows;
};

// An aligned table; with colour by escape sequences where that is asked for. Control characters of
// a text are shown as `?`: it may have come from a server.
[[nodiscard]] std::string as_text(const Table& table, bool colour);

// A list of objects, indented.
[[nodiscard]] std::string as_json(const Table& table);

// RFC 4180 with a header and plain line ends.
[[nodiscard]] std::string as_csv(const Table& table);

[[nodiscard]] std::string render(const Table& table, Format format, bool colour);

}  // namespace lb::cli
