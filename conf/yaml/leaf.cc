#include "conf/yaml/leaf.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "conf/value.h"

namespace conf::yaml {
namespace {

constexpr std::size_t kLongestName = 255;

std::string shown(Milliseconds duration) {
  constexpr std::pair<std::string_view, Milliseconds> kUnits[] = {{"d", std::chrono::days{1}},
                                                                  {"h", std::chrono::hours{1}},
                                                                  {"m", std::chrono::minutes{1}},
                                                                  {"s", std::chrono::seconds{1}}};
  for (const auto& [name, unit] : kUnits) {
    if (duration != Milliseconds{0} && duration % unit == Milliseconds{0})
      return fmt::format("{}{}", duration / unit, name);
  }
  return duration == Milliseconds{0} ? "0" : fmt::format("{}ms", duration.count());
}

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

std::optional<std::int32_t> signed_number(const Cursor& at, std::uint32_t most) {
  const std::string expected = fmt::format("a number from -{0} to {0}", most);
  const auto text = at.text(expected);
  if (!text) return std::nullopt;
  const bool negative = text->starts_with('-');
  const auto number =
      parse_number(std::string_view(*text).substr(negative ? 1 : 0), negative ? 1 : 0, most);
  if (number) return static_cast<std::int32_t>(*number) * (negative ? -1 : 1);
  at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  return std::nullopt;
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

std::optional<Milliseconds> duration_between(const Cursor& at, Milliseconds least,
                                             Milliseconds most) {
  const std::string expected = fmt::format("a duration from {} to {}", shown(least), shown(most));
  const auto text = at.text(expected);
  if (!text) return std::nullopt;
  const auto duration = parse_duration(*text);
  if (duration && *duration >= least && *duration <= most) return *duration;
  at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  return std::nullopt;
}

std::optional<std::uint16_t> port_at(const Cursor& at) {
  const auto port = number_between(at, 1, 65535);
  return port ? std::optional(static_cast<std::uint16_t>(*port)) : std::nullopt;
}

std::optional<Address> ip_at(const Cursor& at) {
  constexpr std::string_view kExpected = "an address without a port such as 10.0.0.9";
  const auto text = at.text(kExpected);
  if (!text) return std::nullopt;
  auto address = parse_ip(*text);
  if (!address) at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  return address;
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

std::optional<std::string> user_at(const Cursor& at) {
  auto user = at.text("the name of a user");
  if (!user || at.source().user_exists(*user)) return user;
  at.mistake(fmt::format("there is no user {}: name one that this machine has", quoted(*user)));
  return std::nullopt;
}

std::optional<std::string> group_at(const Cursor& at) {
  auto group = at.text("the name of a group");
  if (!group || at.source().group_exists(*group)) return group;
  at.mistake(fmt::format("there is no group {}: name one that this machine has", quoted(*group)));
  return std::nullopt;
}

std::optional<std::uint32_t> mode_at(const Cursor& at) {
  constexpr std::string_view kExpected = R"(octal permissions such as "0660")";
  const auto text = at.text(kExpected);
  if (!text) return std::nullopt;
  const auto mode = parse_mode(*text);
  if (!mode) at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  return mode;
}

}  // namespace conf::yaml
