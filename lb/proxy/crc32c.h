#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lb::proxy {

// The checksum of a version 2 header: CRC-32C (RFC 4960, appendix B).
class Crc32c {
 public:
  void add(std::span<const std::byte> bytes) {
    for (const std::byte b : bytes)
      state_ = kTable[(state_ ^ static_cast<std::uint8_t>(b)) & 0xFFU] ^ (state_ >> 8U);
  }
  [[nodiscard]] std::uint32_t value() const { return ~state_; }

 private:
  static constexpr std::array<std::uint32_t, 256> kTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
      std::uint32_t entry = i;
      for (int bit = 0; bit < 8; ++bit)
        entry = (entry & 1U) != 0 ? (entry >> 1U) ^ 0x82F63B78U : entry >> 1U;
      table[i] = entry;
    }
    return table;
  }();

  std::uint32_t state_ = 0xFFFFFFFFU;
};

}  // namespace lb::proxy
