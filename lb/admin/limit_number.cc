#include "lb/admin/limit_number.h"

#include <charconv>
#include <limits>

namespace lb::admin {

std::expected<std::uint32_t, std::string_view> limit_in(std::string_view text,
                                                        std::string_view missing) {
  std::int64_t number = 0;
  const char* begin = text.data();
  const char* end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, number);
  if (stop != end || error == std::errc::invalid_argument) return std::unexpected(missing);
  const bool fits =
      error == std::errc{} && number >= 0 && number <= std::numeric_limits<std::int32_t>::max();
  if (!fits) return std::unexpected("Value out of range.");
  return static_cast<std::uint32_t>(number);
}

}  // namespace lb::admin
