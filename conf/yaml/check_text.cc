#include "conf/yaml/check_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "conf/regex.h"
#include "conf/value.h"

namespace conf::yaml {
namespace {

constexpr std::size_t kLongestLine = 255;
constexpr std::size_t kLongestToken = 64;

bool is_control(unsigned char c) { return c < ' ' || c == 0x7f; }

std::optional<std::string> text_that(const Cursor& at, const std::string& expected,
                                     std::size_t longest, bool (*is_right)(std::string_view)) {
  auto text = at.text(expected);
  if (!text || (text->size() <= longest && is_right(*text))) return text;
  at.mistake(fmt::format("must be {}, is {}", expected, quoted(*text)));
  return std::nullopt;
}

std::optional<unsigned> digit_of(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

bool is_hex(std::string_view text) {
  return text.size() % 2 == 0 &&
         std::ranges::all_of(text, [](char c) { return digit_of(c).has_value(); });
}

}  // namespace

std::optional<std::string> bytes_at(const Cursor& at) {
  return text_that(at, fmt::format("a text of 1 to {} bytes", kMostCheckBytes), kMostCheckBytes,
                   [](std::string_view) { return true; });
}

std::optional<std::string> hex_at(const Cursor& at) {
  const auto text =
      text_that(at,
                fmt::format("pairs of hexadecimal digits such as \"0d0a\", of at most {} bytes",
                            kMostCheckBytes),
                2 * kMostCheckBytes, is_hex);
  if (!text) return std::nullopt;
  std::string bytes;
  bytes.reserve(text->size() / 2);
  for (std::size_t i = 0; i < text->size(); i += 2) {
    const unsigned byte =
        digit_of((*text)[i]).value_or(0) * 16 + digit_of((*text)[i + 1]).value_or(0);
    bytes += static_cast<char>(byte);
  }
  return bytes;
}

std::optional<std::string> regex_at(const Cursor& at) {
  auto text = at.text("a regular expression");
  if (!text) return std::nullopt;
  const auto regex = Regex::compile(*text);
  if (regex) return text;
  at.mistake(fmt::format("is no regular expression: {}, in {}", regex.error(), quoted(*text)));
  return std::nullopt;
}

std::optional<std::string> line_at(const Cursor& at) {
  return text_that(at, fmt::format("1 to {} bytes without control characters", kLongestLine),
                   kLongestLine,
                   [](std::string_view text) { return std::ranges::none_of(text, is_control); });
}

std::optional<std::string> word_at(const Cursor& at) {
  return text_that(
      at, fmt::format("1 to {} bytes without spaces and control characters", kMostCheckBytes),
      kMostCheckBytes, [](std::string_view text) {
        return std::ranges::none_of(text,
                                    [](unsigned char c) { return c == ' ' || is_control(c); });
      });
}

bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= kLongestToken &&
         std::ranges::all_of(text, [](unsigned char c) {
           return (c < 0x80 && std::isalnum(c) != 0) ||
                  std::string_view("!#$%&'*+-.^_`|~").contains(static_cast<char>(c));
         });
}

std::optional<std::string> token_at(const Cursor& at) {
  return text_that(at, fmt::format("a word of 1 to {} letters, digits or -", kLongestToken),
                   kLongestToken, is_token);
}

}  // namespace conf::yaml
