#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace conf {

enum class Family : std::uint8_t { kIpv4, kIpv6, kUnix };

// Where something listens or is reached. A plain value.
struct Address {
  Family family = Family::kIpv4;
  std::array<std::uint8_t, 16> ip{};  // network byte order; IPv4 uses the first four bytes
  std::uint16_t port = 0;             // host byte order; unused for kUnix
  std::string path;                   // kUnix only

  friend bool operator==(const Address&, const Address&) = default;
};

// Reads "192.0.2.1:80", "[2001:db8::1]:80" or "unix:/path" in one normal form: ::ffff:192.0.2.1 is
// 192.0.2.1, a path has no "//" or "..". Names, "*" and a missing port are
// refused.
[[nodiscard]] std::optional<Address> parse_address(std::string_view text);

// Reads an IPv4 or IPv6 address without a port and without brackets; the port of the result is 0.
[[nodiscard]] std::optional<Address> parse_ip(std::string_view text);

// The form that parse_address() reads.
[[nodiscard]] std::string to_string(const Address& address);

// The IP alone, IPv6 without brackets; "unix" for a path.
[[nodiscard]] std::string host_of(const Address& address);

// A block of addresses such as 10.0.0.0/8. A single address is a block of full length.
struct Network {
  Family family = Family::kIpv4;  // never kUnix
  std::array<std::uint8_t, 16> ip{};
  int prefix = 0;  // 0..32 or 0..128; the bits after it are zero

  friend bool operator==(const Network&, const Network&) = default;
};

// Reads "10.0.0.0/8", "2001:db8::/32" or a single address. Bits after the prefix are refused: the
// writer of 10.0.0.1/8 has made a mistake that only he can mend.
[[nodiscard]] std::optional<Network> parse_network(std::string_view text);

}  // namespace conf
