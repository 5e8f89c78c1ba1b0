#pragma once

#include <cstddef>
#include <optional>

namespace balancer {

// The first of `size` places, from `from` on and round the end, that fits. O(size) when few do.
template <typename Fits>
[[nodiscard]] std::optional<std::size_t> first_around(std::size_t size, std::size_t from,
                                                      Fits fits) {
  for (std::size_t at = from; at < size; ++at)
    if (fits(at)) return at;
  for (std::size_t at = 0; at < from; ++at)
    if (fits(at)) return at;
  return std::nullopt;
}

}  // namespace balancer
