#include "lb/admin/amounts.h"

#include <charconv>

namespace lb::admin {
namespace {

std::optional<std::uint32_t> number_with(std::string_view text, std::string_view unit) {
  std::uint32_t number = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), number);
  if (error != std::errc{} || number == 0 || std::string_view(stop, text.end()) != unit)
    return std::nullopt;
  return number;
}

}  // namespace

std::optional<std::uint32_t> parse_pace(std::string_view text) { return number_with(text, "/s"); }

std::optional<std::uint32_t> parse_percent(std::string_view text) {
  const auto percent = number_with(text, "%");
  return percent && *percent <= 100 ? percent : std::nullopt;
}

}  // namespace lb::admin
