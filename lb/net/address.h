#pragma once

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <span>
#include <string>

#include "conf/address.h"

namespace lb::net {

// How an IPv6 address begins that has an IPv4 address in its last four bytes (RFC 4291, 2.5.5.2).
inline constexpr std::array<std::uint8_t, 12> kMappedPrefix = {0, 0, 0, 0, 0,    0,
                                                               0, 0, 0, 0, 0xFF, 0xFF};

// The far end of a connection as a small value that can be logged, compared and hashed.
struct Peer {
  conf::Family family = conf::Family::kUnix;
  bool mapped = false;                // IPv4 that came in an IPv6 address; it is the same peer
  std::uint16_t port = 0;             // host byte order
  std::array<std::uint8_t, 16> ip{};  // network byte order; IPv4 uses the first four

  friend bool operator==(const Peer& a, const Peer& b) {
    return a.family == b.family && a.port == b.port && a.ip == b.ip;
  }

  // Of 16 bytes; an IPv4 address that is written as ::ffff:192.0.2.1 is told as IPv4, so that
  // nobody is two.
  [[nodiscard]] static Peer of_ipv6(std::span<const std::uint8_t, 16> ip, std::uint16_t port);

  // The address without the port: 4, 16 or, for a UNIX client, 0 bytes.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const;
};

// "192.0.2.1:80", "2001:db8::1:80" (as HAProxy logs it, unbracketed), "unix".
[[nodiscard]] std::string to_string(const Peer& peer);

// An address in the kernel's form.
class SocketAddress {
 public:
  SocketAddress() = default;
  explicit SocketAddress(const conf::Address& address);

  // For accept() and getsockname(): the room to write into, then its length.
  [[nodiscard]] sockaddr* room() { return reinterpret_cast<sockaddr*>(&storage_); }
  [[nodiscard]] socklen_t* length() { return &length_; }

  [[nodiscard]] const sockaddr* data() const {
    return reinterpret_cast<const sockaddr*>(&storage_);
  }
  [[nodiscard]] socklen_t size() const { return length_; }
  [[nodiscard]] int family() const { return storage_.ss_family; }

  // An IPv4 address that arrived on an IPv6 socket is told as IPv4.
  [[nodiscard]] Peer peer() const;

 private:
  sockaddr_storage storage_{};
  socklen_t length_ = sizeof(storage_);
};

}  // namespace lb::net
