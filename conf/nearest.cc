#include "conf/nearest.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace conf {
namespace {

constexpr std::size_t kLongestTried = 64;
constexpr std::size_t kShortestCut = 4;  // of a word that was cut short: "warn"

// Levenshtein: letters to insert, delete or change.
std::size_t distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < to.size(); ++j) {
      const std::size_t changed = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view nearest(std::string_view wrong, std::span<const std::string_view> words) {
  if (wrong.size() > kLongestTried) return {};
  std::string_view best;
  // Two, so that swapped letters are found; in very short words that would be half of them.
  const std::size_t most = wrong.size() < 4 ? 1 : std::max<std::size_t>(2, wrong.size() / 3);
  std::size_t least = most + 1;
  for (const std::string_view word : words) {
    const std::size_t changes = distance(wrong, word);
    if (changes >= least) continue;
    least = changes;
    best = word;
  }
  if (!best.empty() || wrong.size() < kShortestCut) return best;
  const auto cut = std::ranges::find_if(
      words, [wrong](std::string_view word) { return word.starts_with(wrong); });
  return cut != words.end() ? *cut : best;
}

}  // namespace conf
