#include "lb/admin/typed_value.h"

#include <fmt/format.h>

#include <iterator>

#include "lb/telemetry/escape.h"

namespace lb::admin {
namespace {

constexpr std::string_view kTypes[] = {"", "str", "u32", "u64", "s32", "flt"};

std::string_view origin(char letter) {
  switch (letter) {
    case 'M':
      return "Metric";
    case 'S':
      return "Status";
    case 'K':
      return "Key";
    case 'C':
      return "Config";
    case 'P':
      return "Product";
    default:
      return "";
  }
}

std::string_view nature(char letter) {
  switch (letter) {
    case 'G':
      return "Gauge";
    case 'L':
      return "Limit";
    case 'M':
      return "Max";
    case 'R':
      return "Rate";
    case 'C':
      return "Counter";
    case 'D':
      return "Duration";
    case 'A':
      return "Age";
    case 'T':
      return "Time";
    case 'N':
      return "Name";
    case 'O':
      return "Output";
    case 'a':
      return "Avg";
    default:
      return "";
  }
}

}  // namespace

void append_plain(std::string& out, const TypedValue& value) {
  std::visit(
      [&out](const auto& one) {
        using T = std::decay_t<decltype(one)>;
        if constexpr (!std::is_same_v<T, std::monostate>)
          fmt::format_to(std::back_inserter(out), "{}", one);
      },
      value);
}

void append_csv(std::string& out, const TypedValue& value) {
  const auto* const text = std::get_if<std::string>(&value);
  if (text == nullptr || text->find_first_of(",\"\n\r") == std::string::npos)
    return append_plain(out, value);
  out += '"';
  for (const char c : *text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

void append_typed(std::string& out, const TypedValue& value) {
  out += kTypes[value.index()];
  out += ':';
  append_plain(out, value);
}

void append_json(std::string& out, const TypedValue& value) {
  fmt::format_to(std::back_inserter(out), R"({{"type":"{}","value":)", kTypes[value.index()]);
  if (const auto* const text = std::get_if<std::string>(&value)) {
    telemetry::append_json(*text, out);
  } else {
    append_plain(out, value);
  }
  out += '}';
}

void append_json_tags(std::string& out, std::string_view tags) {
  fmt::format_to(std::back_inserter(out), R"("tags":{{"origin":"{}","nature":"{}","scope":"{}"}})",
                 origin(tags[0]), nature(tags[1]), tags[2] == 'S' ? "Service" : "Process");
}

}  // namespace lb::admin
