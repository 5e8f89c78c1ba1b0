#include "conf/yaml/expand.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "conf/value.h"

namespace conf::yaml {
namespace {

using Expanded = std::expected<std::string, std::string>;

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::ranges::all_of(name, [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Expanded value_of(std::string_view reference, Source& source) {
  const std::size_t dash = reference.find(":-");
  const std::string name(reference.substr(0, dash));
  if (!is_name(name)) {
    return std::unexpected(
        fmt::format("{} names no variable: letters, digits and _ are right, as in ${{VAR}} or "
                    "${{VAR:-default}}",
                    quoted(fmt::format("${{{}}}", reference))));
  }
  const auto value = source.env(name);
  if (dash != std::string_view::npos) {
    return value && !value->empty() ? *value : std::string(reference.substr(dash + 2));
  }
  if (value) return *value;
  return std::unexpected(
      fmt::format("the environment variable {0} is not set: set it or write ${{{0}:-default}}",
                  printable(name)));
}

}  // namespace

std::expected<std::string, std::string> expand(const std::string& text, Source& source) {
  std::string result;
  std::size_t at = 0;
  for (;;) {
    const std::size_t begin = text.find("${", at);
    result.append(text, at, begin - at);
    if (begin == std::string::npos) return result;

    const std::size_t end = text.find('}', begin);
    if (end == std::string::npos) {
      return std::unexpected(fmt::format("{} has no closing brace", quoted(text.substr(begin))));
    }
    const auto value = value_of(std::string_view(text).substr(begin + 2, end - begin - 2), source);
    if (!value) return value;
    result += *value;
    at = end + 1;
  }
}

}  // namespace conf::yaml
