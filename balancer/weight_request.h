#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

namespace balancer {

// A weight that an operator asks for at runtime: a number, or a percentage of the configured one.
struct WeightRequest {
  std::int64_t number = 0;
  bool percent = false;
};

// The weight, 0..256, that HAProxy would give a server of this configured one: a percentage is
// rounded down, so it may come to 0, and what is above 256 is 256. Or why it would not, in its
// words (2.6, `set weight`): a number must be within 0..256, and under an algorithm that is static
// (conf::is_static()) a server has its configured weight or 0.
[[nodiscard]] std::expected<std::uint32_t, std::string_view> weight_for(
    const WeightRequest& request, std::uint32_t configured, bool is_static);

}  // namespace balancer
