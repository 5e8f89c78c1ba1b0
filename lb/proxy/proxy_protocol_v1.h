#pragma once

#include <string_view>

#include "lb/proxy/proxy_protocol.h"

// Version 1: one line of text, such as "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n"
// (specification, section 2.1).
namespace lb::proxy::v1 {

inline constexpr std::string_view kBegin = "PROXY ";
inline constexpr std::size_t kLongest = 107;  // with its CRLF

[[nodiscard]] std::expected<ProxyHeader, HeaderFault> read(std::span<const std::byte> bytes);
[[nodiscard]] std::size_t write(const Introduction& says, std::span<std::byte> room);

}  // namespace lb::proxy::v1
