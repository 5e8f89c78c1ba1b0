#include "balancer/weight_request.h"

#include <algorithm>

namespace balancer {

namespace {

constexpr std::int64_t kMost = 256;
constexpr std::int64_t kMostPercent = 100 * kMost;  // from here on it is the most for any weight

}  // namespace

std::expected<std::uint32_t, std::string_view> weight_for(const WeightRequest& request,
                                                          std::uint32_t configured,
                                                          bool is_static) {
  std::int64_t weight = request.number;
  if (request.percent) {
    if (weight < 0) return std::unexpected("Relative weight must be positive.");
    weight = std::min(configured * std::min(weight, kMostPercent) / 100, kMost);
  }
  if (weight < 0 || weight > kMost)
    return std::unexpected("Absolute weight can only be between 0 and 256 inclusive.");
  if (is_static && weight != 0 && weight != configured) {
    return std::unexpected(
        "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.");
  }
  return static_cast<std::uint32_t>(weight);
}

}  // namespace balancer
