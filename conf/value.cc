#include "conf/value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <utility>

namespace conf {
namespace {

constexpr std::size_t kLongestShown = 80;
constexpr Microseconds kLongestFinite = std::chrono::days{24};

constexpr std::array<std::pair<std::string_view, Microseconds>, 6> kUnits = {{
    {"us", std::chrono::microseconds{1}},
    {"ms", std::chrono::milliseconds{1}},
    {"s", std::chrono::seconds{1}},
    {"m", std::chrono::minutes{1}},
    {"h", std::chrono::hours{1}},
    {"d", std::chrono::days{1}},
}};

std::optional<std::uint64_t> parse_digits(std::string_view text, int base = 10) {
  std::uint64_t number = 0;
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const auto [rest, error] = std::from_chars(begin, end, number, base);
  if (error != std::errc{} || rest != end) return std::nullopt;
  return number;
}

// What a message proposes instead of something that is no duration.
struct Proposal {
  std::string_view example;
  std::array<std::string_view, 2> units;
};

// A number and a unit. Null: more than `most`. The error is the sentence for what is no duration.
std::expected<std::optional<Microseconds>, std::string> parse_with_unit(std::string_view text,
                                                                        Microseconds most,
                                                                        const Proposal& instead) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view unit = text.substr(digits);
  if (digits > 0 && unit.empty()) {
    return std::unexpected(fmt::format("has no unit: write {0}{1} or {0}{2} instead of {3}",
                                       printable(text), instead.units[0], instead.units[1],
                                       quoted(text)));
  }
  const auto* const known = std::ranges::find(kUnits, unit, &decltype(kUnits)::value_type::first);
  if (digits == 0 || known == kUnits.end()) {
    return std::unexpected(
        fmt::format("must be a whole number and one unit (us, ms, s, m, h, d) such as {}, is {}",
                    instead.example, quoted(text)));
  }
  const auto number = parse_digits(text.substr(0, digits));
  const auto units = static_cast<std::uint64_t>(most / known->second);
  if (!number || *number > units) return std::nullopt;
  return static_cast<std::int64_t>(*number) * known->second;
}

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return result;
}

}  // namespace

std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t least,
                                          std::uint32_t most) {
  const auto number = parse_digits(text);
  if (!number || *number < least || *number > most) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

std::expected<Milliseconds, std::string> parse_duration(std::string_view text) {
  if (text == "infinite") return kInfinite;
  if (text == "0") return Milliseconds{0};

  const auto time = parse_with_unit(text, kLongestFinite, {"250ms, or infinite", {"ms", "s"}});
  if (!time) return std::unexpected(time.error());
  if (!*time) {
    return std::unexpected(
        fmt::format("must be at most 24d, is {}; say infinite for no limit", quoted(text)));
  }
  return std::chrono::ceil<Milliseconds>(**time);
}

std::expected<Microseconds, std::string> parse_short_duration(std::string_view text,
                                                              Microseconds most) {
  if (text == "0") return Microseconds{0};
  const auto time = parse_with_unit(text, most, {"50us", {"us", "ms"}});
  if (!time) return std::unexpected(time.error());
  if (!*time)
    return std::unexpected(fmt::format("must be at most {}us, is {}", most.count(), quoted(text)));
  return **time;
}

std::optional<bool> parse_switch(std::string_view text) {
  const std::string word = lower(text);
  if (word == "true" || word == "yes" || word == "on") return true;
  if (word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

std::optional<std::uint32_t> parse_mode(std::string_view text) {
  const auto mode = parse_digits(text, 8);
  if (!mode || *mode > 0777) return std::nullopt;
  return static_cast<std::uint32_t>(*mode);
}

std::string printable(std::string_view text) {
  std::string shown(text.substr(0, kLongestShown));
  std::ranges::replace_if(shown, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, '?');
  return text.size() > kLongestShown ? shown + "..." : shown;
}

std::string quoted(std::string_view text) { return '"' + printable(text) + '"'; }

}  // namespace conf
