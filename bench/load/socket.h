#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "lb/net/fd.h"

namespace bench {

// "127.0.0.1:4100"; nullopt when it is no IPv4 address and port.
[[nodiscard]] std::optional<sockaddr_in> parse_address(std::string_view text);

// Both throw std::system_error.
[[nodiscard]] lb::net::Fd listen_on(const sockaddr_in& address);

// Both start to connect, without Nagle's delay; the second from the next of 250 loopback addresses
// (127.0.1.1 to 127.0.1.250), so that no load runs out of source ports.
[[nodiscard]] lb::net::Fd connect_to(const sockaddr_in& address);
[[nodiscard]] lb::net::Fd connect_from_next_source(const sockaddr_in& address);

// Without Nagle's delay. An invalid descriptor when nobody waits.
[[nodiscard]] lb::net::Fd accept_from(int listener);

// One non-blocking call each; bytes moved, 0 when nothing can be moved now.
// Otherwise nullopt, errno being 0 at an end of stream.
std::optional<std::size_t> send_some(int fd, std::span<const char> bytes);
std::optional<std::size_t> receive_some(int fd, std::span<char> room);

// Receives and drops without copying (MSG_TRUNC), so that the load costs the less.
std::optional<std::size_t> discard_some(int fd, std::size_t most);

}  // namespace bench
