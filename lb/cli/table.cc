#include "lb/cli/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <nlohmann/json.hpp>

namespace lb::cli {
namespace {

using Json = nlohmann::ordered_json;

// Columns of the terminal: every character that we write is one wide.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char byte) { return (byte & 0xC0) != 0x80; }));
}

std::string title_of(const Column& column) {
  std::string title(column.title);
  if (!title.empty()) return title;
  for (const char letter : column.key)
    title +=
        letter == '_' ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return title;
}

std::string harmless(std::string_view text) {
  std::string result(text);
  std::ranges::replace_if(
      result, [](char byte) { return (byte >= 0 && byte < ' ') || byte == 127; }, '?');
  return result;
}

std::string_view sequence_of(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kGood:
      return "\x1b[32m";
    case Tone::kWarning:
      return "\x1b[33m";
    case Tone::kBad:
      return "\x1b[31m";
    case Tone::kFaint:
      return "\x1b[2m";
  }
  return "";
}

struct Field {
  std::string text;
  std::string_view sequence;  // empty: no colour
};

void add_line(std::string& out, const Table& table, const std::vector<std::size_t>& widths,
              const std::vector<Field>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const std::string gap(widths[i] - width_of(fields[i].text), ' ');
    if (i > 0) out += "  ";
    if (table.columns[i].number) out += gap;
    out += fields[i].sequence;
    out += fields[i].text;
    if (!fields[i].sequence.empty()) out += "\x1b[0m";
    if (!table.columns[i].number && i + 1 < fields.size()) out += gap;
  }
  out += '\n';
}

Json json_of(const Cell::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return nullptr;
}

std::string csv_of(const Cell::Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::format("{}", *number);
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return {};
  if (text->find_first_of(",\"\r\n") == std::string::npos) return *text;
  std::string quoted = "\"";
  for (const char letter : *text) quoted.append(letter == '"' ? 2 : 1, letter);
  return quoted + '"';
}

}  // namespace

Cell Cell::of(std::string_view text, Tone tone) {
  return {.value = std::string(text), .text = std::string(text), .tone = tone};
}
Cell Cell::of(std::int64_t number) { return of(number, fmt::format("{}", number)); }
Cell Cell::of(std::int64_t number, std::string text) {
  return {.value = number, .text = std::move(text)};
}
Cell Cell::nothing() { return {.value = {}, .text = "-", .tone = Tone::kFaint}; }

std::string as_text(const Table& table, bool colour) {
  std::vector<std::vector<Field>> lines(1);
  for (const Column& column : table.columns)
    lines[0].push_back({.text = title_of(column), .sequence = colour ? "\x1b[1m" : ""});
  for (const auto& row : table.rows) {
    std::vector<Field>& line = lines.emplace_back();
    for (const Cell& cell : row)
      line.push_back(
          {.text = harmless(cell.text), .sequence = colour ? sequence_of(cell.tone) : ""});
  }

  std::vector<std::size_t> widths(table.columns.size());
  for (const auto& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i)
      widths[i] = std::max(widths[i], width_of(line[i].text));
  }
  std::string out;
  for (const auto& line : lines) add_line(out, table, widths, line);
  return out;
}

std::string as_json(const Table& table) {
  Json list = Json::array();
  for (const auto& row : table.rows) {
    Json object = Json::object();
    for (std::size_t i = 0; i < row.size(); ++i)
      object[std::string(table.columns[i].key)] = json_of(row[i].value);
    list.push_back(std::move(object));
  }
  return list.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string as_csv(const Table& table) {
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i)
    out.append(i > 0 ? "," : "").append(table.columns[i].key);
  out += '\n';
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size(); ++i)
      out.append(i > 0 ? "," : "").append(csv_of(row[i].value));
    out += '\n';
  }
  return out;
}

std::string render(const Table& table, Format format, bool colour) {
  switch (format) {
    case Format::kTable:
      return as_text(table, colour);
    case Format::kJson:
      return as_json(table);
    case Format::kCsv:
      return as_csv(table);
  }
  return {};
}

}  // namespace lb::cli
