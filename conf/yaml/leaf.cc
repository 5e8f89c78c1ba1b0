#include "conf/yaml/leaf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>

#include "conf/value.h"

namespace conf::yaml {
namespace {

constexpr std::size_t kLongestName = 255;

}  // namespace

std::optional<std::uint32_t> number_between(const Cursor& at, std::uint32_t least,
                                            std::uint32_t most) {
  const std::string expected = fmt::format("a number from {} to {}", least, most);
  const auto text = at.text(expected);
  if (!text) return std::nullopt;
  const auto number = parse_number(*text, least, most);
  if (!number) at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  return number;
}

std::optional<std::uint32_t> auto_or_number(const Cursor& at, std::uint32_t most) {
  const std::string expected = fmt::format("auto or a number from 1 to {}", most);
  const auto text = at.text(expected);
  if (!text) return std::nullopt;
  if (*text == "auto") return 0;
  const auto number = parse_number(*text, 1, most);
  if (!number) at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  return number;
}

std::optional<bool> switch_at(const Cursor& at) {
  constexpr std::string_view kExpected = "true or false";
  const auto text = at.text(kExpected);
  if (!text) return std::nullopt;
  const auto on = parse_switch(*text);
  if (!on) at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  return on;
}

std::optional<Milliseconds> duration_at(const Cursor& at) {
  const auto text = at.text("a duration such as 5s, or infinite");
  if (!text) return std::nullopt;
  auto duration = parse_duration(*text);
  if (duration) return *duration;
  at.mistake(std::move(duration.error()));
  return std::nullopt;
}

std::optional<Milliseconds> timeout_at(const Cursor& at) {
  const auto duration = duration_at(at);
  if (duration != Milliseconds{0}) return duration;
  at.mistake("must be at least 1ms, is 0; say infinite for no limit");
  return std::nullopt;
}

void check_name(const Cursor& at, std::string_view name) {
  const auto allowed = [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c) != 0) ||
           std::string_view("-_.:").contains(static_cast<char>(c));
  };
  if (!name.empty() && name.size() <= kLongestName && std::ranges::all_of(name, allowed)) return;
  at.mistake(fmt::format(
      "is named {}: a name has 1 to {} letters, digits, - _ . or :", quoted(name), kLongestName));
}

}  // namespace conf::yaml
