#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lb::admin {

// "50/s", from 1.
[[nodiscard]] std::optional<std::uint32_t> parse_pace(std::string_view text);

// "10%", from 1 to 100.
[[nodiscard]] std::optional<std::uint32_t> parse_percent(std::string_view text);

}  // namespace lb::admin
