#pragma once

#include <array>

#include "lb/proxy/proxy_protocol.h"

// Version 2: a binary header of 16 bytes, the addresses, and values with a type and a length, TLVs
// (specification, section 2.2).
namespace lb::proxy::v2 {

inline constexpr std::array<std::uint8_t, 12> kSignature = {0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D,
                                                            0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A};

[[nodiscard]] std::expected<ProxyHeader, HeaderFault> read(std::span<const std::byte> bytes);
[[nodiscard]] std::size_t write(const conf::SendProxy& asked, const Introduction& says,
                                std::span<std::byte> room);

}  // namespace lb::proxy::v2
