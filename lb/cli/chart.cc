#include "lb/cli/chart.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <vector>

namespace lb::cli {
namespace {

// U+2581 to U+2588; a value of 0 is the lowest, so that a line has no holes.
constexpr std::array<std::string_view, 8> kColumns = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};

}  // namespace

std::string sparkline(std::span<const std::int64_t> values, std::size_t width) {
  values = values.last(std::min(width, values.size()));
  if (values.empty()) return {};
  const std::int64_t top = std::max<std::int64_t>(1, *std::ranges::max_element(values));
  std::string line;
  for (const std::int64_t value : values) {
    const double part =
        static_cast<double>(std::max<std::int64_t>(0, value)) / static_cast<double>(top);
    const auto column = static_cast<std::size_t>(std::lround(part * (kColumns.size() - 1)));
    line += kColumns[column];
  }
  return line;
}

std::string bar(std::int64_t done, std::int64_t whole, std::size_t width) {
  const double part =
      whole <= 0 ? 1 : std::clamp(static_cast<double>(done) / static_cast<double>(whole), 0.0, 1.0);
  const auto full = static_cast<std::size_t>(part * static_cast<double>(width));
  std::string line;
  for (std::size_t column = 0; column < width; ++column) line += column < full ? "█" : "░";
  return line;
}

std::string curve(std::span<const std::int64_t> times, std::span<const std::int64_t> values,
                  std::size_t width) {
  if (times.empty() || width == 0) return {};
  const std::int64_t first = times.front();
  const std::int64_t length = times.back() - first;
  std::vector<std::int64_t> points;
  for (std::size_t column = 0; column < width; ++column) {
    const auto steps = static_cast<std::int64_t>(std::max<std::size_t>(1, width - 1));
    const std::int64_t when = first + length * static_cast<std::int64_t>(column) / steps;
    const auto after = std::ranges::upper_bound(times, when);
    points.push_back(values[static_cast<std::size_t>(after - times.begin()) - 1]);
  }
  return sparkline(points, width);
}

}  // namespace lb::cli
