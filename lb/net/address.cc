#include "lb/net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

namespace lb::net {

Peer Peer::of_ipv6(std::span<const std::uint8_t, 16> ip, std::uint16_t port) {
  Peer peer{.family = conf::Family::kIpv6, .port = port, .ip = {}};
  if (std::ranges::equal(ip.first<kMappedPrefix.size()>(), kMappedPrefix)) {
    peer.family = conf::Family::kIpv4;
    peer.mapped = true;
    std::ranges::copy(ip.last<4>(), peer.ip.begin());
  } else {
    std::ranges::copy(ip, peer.ip.begin());
  }
  return peer;
}

std::span<const std::uint8_t> Peer::bytes() const {
  switch (family) {
    case conf::Family::kIpv4:
      return std::span(ip).first(4);
    case conf::Family::kIpv6:
      return ip;
    case conf::Family::kUnix:
      break;
  }
  return {};
}

std::string to_string(const Peer& peer) {
  if (peer.family == conf::Family::kUnix) return "unix";
  const bool v4 = peer.family == conf::Family::kIpv4;
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(v4 ? AF_INET : AF_INET6, peer.ip.data(), text.data(), text.size());
  return fmt::format("{}:{}", text.data(), peer.port);
}

SocketAddress::SocketAddress(const conf::Address& address) {
  switch (address.family) {
    case conf::Family::kIpv4: {
      auto* in = reinterpret_cast<sockaddr_in*>(&storage_);
      in->sin_family = AF_INET;
      in->sin_port = htons(address.port);
      std::memcpy(&in->sin_addr, address.ip.data(), sizeof(in->sin_addr));
      length_ = sizeof(sockaddr_in);
      break;
    }
    case conf::Family::kIpv6: {
      auto* in6 = reinterpret_cast<sockaddr_in6*>(&storage_);
      in6->sin6_family = AF_INET6;
      in6->sin6_port = htons(address.port);
      std::memcpy(&in6->sin6_addr, address.ip.data(), sizeof(in6->sin6_addr));
      length_ = sizeof(sockaddr_in6);
      break;
    }
    case conf::Family::kUnix: {
      auto* un = reinterpret_cast<sockaddr_un*>(&storage_);
      un->sun_family = AF_UNIX;
      const std::size_t size = std::min(address.path.size(), sizeof(un->sun_path) - 1);
      std::memcpy(un->sun_path, address.path.data(), size);
      length_ = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + 1);
      break;
    }
  }
}

Peer SocketAddress::peer() const {
  Peer peer;
  if (storage_.ss_family == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(&storage_);
    peer.family = conf::Family::kIpv4;
    peer.port = ntohs(in->sin_port);
    std::memcpy(peer.ip.data(), &in->sin_addr, sizeof(in->sin_addr));
  } else if (storage_.ss_family == AF_INET6) {
    const auto* in6 = reinterpret_cast<const sockaddr_in6*>(&storage_);
    return Peer::of_ipv6(in6->sin6_addr.s6_addr, ntohs(in6->sin6_port));
  }
  return peer;
}

}  // namespace lb::net
