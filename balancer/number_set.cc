#include "balancer/number_set.h"

#include <bit>
#include <cassert>
#include <cstddef>

namespace balancer {

namespace {

constexpr std::uint32_t kBits = 64;

std::uint64_t bit(std::uint32_t number) { return std::uint64_t{1} << (number % kBits); }

}  // namespace

void NumberSet::extend(std::uint32_t bound) {
  std::size_t bits = bound;
  for (std::size_t i = 0; i < levels_.size(); ++i) {
    const std::size_t words = (bits + kBits - 1) / kBits;
    if (words <= levels_[i].size()) return;
    levels_[i].resize(words);
    // The last level had one word until now, so nothing but that word can be marked above.
    const bool marked = levels_[i].front() != 0;
    if (i + 1 == levels_.size()) levels_.push_back({std::uint64_t{marked}});
    bits = words;
  }
}

void NumberSet::insert(std::uint32_t number) {
  assert(number / kBits < levels_.front().size());
  for (Level& level : levels_) {
    std::uint64_t& word = level[number / kBits];
    const bool marked = word != 0;
    word |= bit(number);
    if (marked) return;
    number /= kBits;
  }
}

void NumberSet::erase(std::uint32_t number) {
  assert(number / kBits < levels_.front().size());
  for (Level& level : levels_) {
    std::uint64_t& word = level[number / kBits];
    word &= ~bit(number);
    if (word != 0) return;
    number /= kBits;
  }
}

std::optional<std::uint32_t> NumberSet::least() const {
  if (levels_.back().front() == 0) return std::nullopt;
  std::uint32_t number = 0;
  for (auto level = levels_.rbegin(); level != levels_.rend(); ++level) {
    number = number * kBits + static_cast<std::uint32_t>(std::countr_zero((*level)[number]));
  }
  return number;
}

}  // namespace balancer
