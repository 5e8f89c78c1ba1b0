#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace balancer {

// A set of numbers below a bound that tells its least. A bit for each number, a bit above it for
// each word of those that is not empty, and so on up to one word: everything takes one step a
// level, three for 262,144 numbers. Only extend() allocates.
class NumberSet {
 public:
  // From now on numbers below `bound` may be inserted. Calling it for one more each time is cheap.
  void extend(std::uint32_t bound);

  void insert(std::uint32_t number);  // requires a number below the bound
  void erase(std::uint32_t number);   // likewise; nothing happens when it is not there

  [[nodiscard]] std::optional<std::uint32_t> least() const;

 private:
  using Level = std::vector<std::uint64_t>;

  std::vector<Level> levels_ = {Level(1)};  // the numbers first; the last is one word
};

}  // namespace balancer
