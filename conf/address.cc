#include "conf/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "conf/value.h"

namespace conf {
namespace {

constexpr std::string_view kUnixPrefix = "unix:";
constexpr std::size_t kLongestPath = 107;  // sun_path, less its closing NUL

int bits_of(Family family) { return family == Family::kIpv4 ? 32 : 128; }

std::optional<Address> parse_unix(std::string_view path) {
  const bool fits = path.size() > 1 && path.size() <= kLongestPath;
  if (!fits || path.front() != '/' || path.contains('\0')) return std::nullopt;
  return Address{.family = Family::kUnix, .ip = {}, .port = 0, .path = std::string(path)};
}

bool zero_after(const std::array<std::uint8_t, 16>& ip, int prefix, int bits) {
  for (int bit = prefix; bit < bits; ++bit) {
    const auto byte = ip.at(static_cast<std::size_t>(bit / 8));
    if ((byte >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

}  // namespace

std::optional<Address> parse_ip(std::string_view text) {
  if (text.contains('\0')) return std::nullopt;
  const std::string copy(text);
  Address address;
  if (inet_pton(AF_INET, copy.c_str(), address.ip.data()) == 1) return address;
  address.family = Family::kIpv6;
  if (inet_pton(AF_INET6, copy.c_str(), address.ip.data()) == 1) return address;
  return std::nullopt;
}

std::optional<Address> parse_address(std::string_view text) {
  if (text.starts_with(kUnixPrefix)) return parse_unix(text.substr(kUnixPrefix.size()));

  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);

  auto address = parse_ip(host);
  const auto port = parse_number(text.substr(colon + 1), 0, 65535);
  if (!address || !port || bracketed != (address->family == Family::kIpv6)) return std::nullopt;
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
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return std::nullopt;

  const int bits = bits_of(address->family);
  Network network{.family = address->family, .ip = address->ip, .prefix = bits};
  if (slash == std::string_view::npos) return network;

  const auto prefix = parse_number(text.substr(slash + 1), 0, static_cast<std::uint32_t>(bits));
  if (!prefix) return std::nullopt;
  network.prefix = static_cast<int>(*prefix);
  if (!zero_after(network.ip, network.prefix, bits)) return std::nullopt;
  return network;
}

}  // namespace conf
