#pragma once

#include <cstdint>
#include <expected>
#include <string_view>

namespace lb::admin {

// A limit that an operator sets, or HAProxy's sentence for one that cannot be. `missing` is what it
// says where no number is found. Unlike there "7x" is none.
[[nodiscard]] std::expected<std::uint32_t, std::string_view> limit_in(std::string_view text,
                                                                      std::string_view missing);

}  // namespace lb::admin
