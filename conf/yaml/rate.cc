#include "conf/yaml/rate.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "conf/value.h"

namespace conf::yaml {
namespace {

std::optional<std::uint32_t> number_with(std::string_view unit, std::uint32_t most,
                                         bool may_be_none, const Cursor& at) {
  const std::string expected =
      fmt::format("{0}from 1{1} to {2}{1}", may_be_none ? "none or " : "", unit, most);
  const auto text = at.text(expected);
  if (!text) return std::nullopt;
  if (may_be_none && *text == "none") return 0;
  if (text->ends_with(unit)) {
    const std::string_view digits = std::string_view(*text).substr(0, text->size() - unit.size());
    if (const auto number = parse_number(digits, 1, most)) return number;
  }
  if (parse_number(*text, 1, most)) {
    at.mistake(fmt::format("has no unit: write {0}{1} instead of {2}", *text, unit, quoted(*text)));
  } else {
    at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint32_t> rate_at(const Cursor& at) {
  return number_with("/s", 1'000'000, true, at);
}

std::optional<std::uint32_t> pace_at(const Cursor& at) {
  return number_with("/s", 1'000'000, false, at);
}

std::optional<std::uint32_t> percentage_at(const Cursor& at) {
  return number_with("%", 1000, true, at);
}

std::optional<std::uint32_t> share_at(const Cursor& at) { return number_with("%", 100, false, at); }

std::optional<std::uint32_t> share_or_none_at(const Cursor& at) {
  return number_with("%", 100, true, at);
}

}  // namespace conf::yaml
