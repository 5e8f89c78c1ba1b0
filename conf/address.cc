#include "conf/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <utility>

#include "conf/value.h"

namespace conf {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::size_t kLongestPath = 107;  // sun_path, less its closing NUL

int bits_of(Family family) { return family == Family::kIpv4 ? 32 : 128; }

std::optional<Address> parse_unix(std::string_view path) {
  const bool fits = path.size() > 1 && path.size() <= kLongestPath;
  const bool plain =
      std::ranges::none_of(path, [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; });
  if (!fits || !plain || path.front() != '/') return std::nullopt;
  // One spelling for each path, so that two of one socket compare equal.
  auto normal = std::filesystem::path(path).lexically_normal().string();
  return Address{.family = Family::kUnix, .ip = {}, .port = 0, .path = std::move(normal)};
}

std::optional<Address> parse_ip_as_written(std::string_view text) {
  if (text.contains('\0')) return std::nullopt;
  const std::string copy(text);
  Address address;
  if (inet_pton(AF_INET, copy.c_str(), address.ip.data()) == 1) return address;
  address.family = Family::kIpv6;
  if (inet_pton(AF_INET6, copy.c_str(), address.ip.data()) == 1) return address;
  return std::nullopt;
}

constexpr int kMappedPrefix = 96;  // of ::ffff:a.b.c.d (RFC 4291, section 2.5.5.2)

bool is_mapped(Family family, const std::array<std::uint8_t, 16>& ip) {
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return family == Family::kIpv6 && std::equal(kMapped.begin(), kMapped.end(), ip.begin());
}

// An IPv4 client of an IPv6 socket is an IPv4 client everywhere; so is what is written for it.
std::array<std::uint8_t, 16> unmapped(const std::array<std::uint8_t, 16>& ip) {
  return {ip[12], ip[13], ip[14], ip[15]};
}

bool zero_after(const std::array<std::uint8_t, 16>& ip, int prefix, int bits) {
  for (int bit = prefix; bit < bits; ++bit) {
    const auto byte = ip.at(static_cast<std::size_t>(bit / 8));
    if ((byte >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

// A block of mapped addresses as the IPv4 block it means; any other as it is.
Network as_ipv4(const Network& network) {
  if (!is_mapped(network.family, network.ip) || network.prefix < kMappedPrefix) return network;
  return {.family = Family::kIpv4,
          .ip = unmapped(network.ip),
          .prefix = network.prefix - kMappedPrefix};
}

}  // namespace

std::optional<Address> parse_ip(std::string_view text) {
  auto address = parse_ip_as_written(text);
  if (address && is_mapped(address->family, address->ip))
    return Address{.family = Family::kIpv4, .ip = unmapped(address->ip), .port = 0, .path = {}};
  return address;
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return parse_unix(text.substr(kUnixPrefix.size()));

  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);

  if (bracketed != host.contains(':')) return std::nullopt;
  auto address = parse_ip(host);
  const auto port = parse_number(text.substr(colon + 1), 0, 65535);
  if (!address || !port) return std::nullopt;
  address->port = static_cast<std::uint16_t>(*port);
  return address;
}

std::string host_of(const Address& address) {
  if (address.family == Family::kUnix) return "unix";
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = address.family == Family::kIpv4 ? AF_INET : AF_INET6;
  return inet_ntop(family, address.ip.data(), text.data(), text.size());
}

std::string to_string(const Address& address) {
  switch (address.family) {
    case Family::kUnix:
      return std::string(kUnixPrefix) + address.path;
    case Family::kIpv6:
      return "[" + host_of(address) + "]:" + std::to_string(address.port);
    case Family::kIpv4:
      break;
  }
  return host_of(address) + ":" + std::to_string(address.port);
}

std::optional<Network> parse_network(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = parse_ip_as_written(text.substr(0, slash));
  if (!address) return std::nullopt;

  const int bits = bits_of(address->family);
  Network network{.family = address->family, .ip = address->ip, .prefix = bits};
  if (slash == std::string_view::npos) return as_ipv4(network);

  const auto prefix = parse_number(text.substr(slash + 1), 0, static_cast<std::uint32_t>(bits));
  if (!prefix) return std::nullopt;
  network.prefix = static_cast<int>(*prefix);
  if (!zero_after(network.ip, network.prefix, bits)) return std::nullopt;
  return as_ipv4(network);
}

}  // namespace conf
