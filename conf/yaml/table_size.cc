#include "conf/yaml/table_size.h"

#include <fmt/format.h>

#include <algorithm>

#include "conf/algorithm.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kSmallest = 251;
constexpr std::uint32_t kLargest = 1'000'003;

bool is_prime(std::uint32_t number) {
  for (std::uint32_t divisor = 2; divisor * divisor <= number; ++divisor) {
    if (number % divisor == 0) return false;
  }
  return true;
}

// At most kLargest, which is one, where `from` is.
std::uint32_t next_prime(std::uint32_t from) {
  while (!is_prime(from)) ++from;
  return from;
}

}  // namespace

std::optional<std::uint32_t> table_size_at(const Cursor& at) {
  const auto size = number_between(at, kSmallest, kLargest);
  if (!size || is_prime(*size)) return size;
  at.mistake(fmt::format("must be a prime, is {}: write {}", *size, next_prime(*size)));
  return std::nullopt;
}

void check_table_size(const Cursor& at, const Balance& balance, std::size_t servers) {
  if (placing(balance) != Algorithm::kMaglev || servers <= balance.table_size) return;
  const auto least = static_cast<std::uint32_t>(std::min<std::size_t>(servers, kLargest));
  at.mistake(fmt::format("has a table_size of {} for {} servers: write {} or a larger prime",
                         balance.table_size, servers, next_prime(least)));
}

}  // namespace conf::yaml
