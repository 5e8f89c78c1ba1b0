#include "lb/cli/words.h"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

#include "conf/value.h"

namespace lb::cli {
namespace {

std::expected<std::string, std::string> read_amount(std::string_view text, std::string_view unit,
                                                    std::string_view example) {
  std::string_view number = text;
  if (number.ends_with(unit)) number.remove_suffix(unit.size());
  if (!conf::parse_number(number, 0, std::numeric_limits<std::uint32_t>::max()))
    return std::unexpected(
        fmt::format("{} is none: write it like {}", conf::quoted(text), example));
  return fmt::format("{}{}", number, unit);
}

}  // namespace

Words& Words::add(std::string_view word) {
  text_ += ' ';
  for (const char given : word) {
    const char letter = given == '\n' || given == '\r' ? ' ' : given;
    if (letter == ' ' || letter == ';' || letter == '\\') text_ += '\\';
    text_ += letter;
  }
  return *this;
}

Words& Words::add(std::string_view keyword, std::string_view value) {
  return value.empty() ? *this : add(keyword).add(value);
}

Words& Words::add_if(bool wanted, std::string_view keyword) {
  return wanted ? add(keyword) : *this;
}

std::expected<std::string, std::string> read_pace(std::string_view text) {
  return read_amount(text, "/s", "50/s");
}

std::expected<std::string, std::string> read_percent(std::string_view text) {
  return read_amount(text, "%", "10%");
}

std::expected<std::string, std::string> read_time(std::string_view text) {
  if (const auto time = conf::parse_duration(text); !time) return std::unexpected(time.error());
  return std::string(text);
}

}  // namespace lb::cli
