#include "conf/yaml/log_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "conf/value.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

using Range = LogSample::Range;

std::optional<Range> range_of(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_number(text.substr(0, dash), 1, kMostSessions);
  const auto last = dash == std::string_view::npos
                        ? first
                        : parse_number(text.substr(dash + 1), 1, kMostSessions);
  if (!first || !last || *first > *last) return std::nullopt;
  return Range{.first = *first, .last = *last};
}

}  // namespace

std::optional<std::vector<Range>> log_ranges_at(const Cursor& at) {
  constexpr std::string_view kExpected = R"(numbers and ranges such as "1" or "1,3-5")";
  const auto text = at.text(kExpected);
  if (!text) return std::nullopt;
  std::vector<Range> ranges;
  for (std::size_t begin = 0; begin <= text->size();) {
    const std::size_t end = std::min(text->find(',', begin), text->size());
    const auto range = range_of(std::string_view(*text).substr(begin, end - begin));
    if (!range) {
      at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
      return std::nullopt;
    }
    ranges.push_back(*range);
    begin = end + 1;
  }
  std::ranges::sort(ranges, {}, &Range::first);
  const auto overlap = [](const Range& a, const Range& b) { return b.first <= a.last; };
  if (std::ranges::adjacent_find(ranges, overlap) == ranges.end()) return ranges;
  at.mistake(fmt::format("has a number twice: {}", quoted(*text)));
  return std::nullopt;
}

void check_log_sample(const Cursor& at, const LogSample& sample) {
  if (!sample.ranges.empty() && sample.ranges.back().last > sample.of) {
    at.mistake(fmt::format("counts to {}, but its ranges reach {}: raise `of` or lower the ranges",
                           sample.of, sample.ranges.back().last));
  }
}

}  // namespace conf::yaml
