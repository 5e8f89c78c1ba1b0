#include "lb/cli/units.h"

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <string_view>

namespace lb::cli {

std::string duration_text(std::chrono::milliseconds time) {
  struct Unit {
    std::string_view name;
    std::int64_t seconds;
  };
  constexpr auto kUnits = std::to_array<Unit>({{"d", 86'400}, {"h", 3'600}, {"m", 60}, {"s", 1}});

  if (time < std::chrono::seconds(1)) return fmt::format("{}ms", time.count());
  const std::int64_t seconds = time.count() / 1'000;
  std::size_t first = 0;
  while (seconds < kUnits[first].seconds) ++first;
  std::string text = fmt::format("{}{}", seconds / kUnits[first].seconds, kUnits[first].name);
  if (first + 1 == kUnits.size()) return text;
  const Unit& next = kUnits[first + 1];
  const std::int64_t rest = seconds % kUnits[first].seconds / next.seconds;
  return rest == 0 ? text : fmt::format("{} {}{}", text, rest, next.name);
}

std::string short_text(std::int64_t amount) {
  if (amount < 1'000) return fmt::format("{}", amount);
  constexpr std::string_view kPrefixes = "kMGTPE";
  auto scaled = static_cast<double>(amount) / 1'000;
  std::size_t prefix = 0;
  while (scaled >= 999.5 && prefix + 1 < kPrefixes.size()) {
    scaled /= 1'000;
    ++prefix;
  }
  const int decimals = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}{}", scaled, decimals, kPrefixes[prefix]);
}

}  // namespace lb::cli
