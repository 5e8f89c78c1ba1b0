#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string_view>

#include "conf/model.h"
#include "lb/net/address.h"

// A header before a connection's first byte that tells whose connection it is, since the one who
// opened it is a proxy: "The PROXY protocol, versions 1 & 2" (W. Tarreau, 2020/03/05), below called
// the specification. Pure: bytes in, values out, and the other way.
namespace lb::proxy {

// What one proxy tells the next of a connection.
struct Introduction {
  // Who connected, and where to. Of family kUnix: not told, the connection speaks for itself.
  net::Peer source = {};
  net::Peer destination = {};
  std::string_view authority = {};  // the host name that the client asked for; empty: not told
  std::string_view unique_id = {};  // of the connection, chosen by a proxy; empty: not told

  [[nodiscard]] bool has_addresses() const {
    return source.family != conf::Family::kUnix && destination.family != conf::Family::kUnix;
  }
};

inline constexpr std::size_t kLongestAuthority = 255;
inline constexpr std::size_t kLongestUniqueId = 128;

// ---- reading

// Version 2 could have 65,551 bytes; HAProxy's buffer has this many.
inline constexpr std::size_t kLongestProxyHeader = std::size_t{16} * 1024;

enum class HeaderFault : std::uint8_t {
  kIncomplete,  // so far it is a header; more bytes are needed
  kNoHeader,    // of neither version
  kInvalid,     // it begins as one, but breaks the rules
  kUnhandled,   // it speaks of a protocol that is neither TCP over IPv4 nor over IPv6
};

struct ProxyHeader {
  Introduction says = {};  // its texts point into the bytes that were read
  std::size_t size = 0;    // of the header; what follows is the client's
};

// Reads the header that `bytes` begin with. The first kLongestProxyHeader bytes decide: with so
// many the answer is never kIncomplete.
[[nodiscard]] std::expected<ProxyHeader, HeaderFault> read_proxy_header(
    std::span<const std::byte> bytes);

// ---- writing

// A version 2 header with IPv6 addresses and every option, each as long as it can be.
inline constexpr std::size_t kLongestWrittenHeader =
    16 + 36 + (3 + 4) + (3 + kLongestAuthority) + (3 + kLongestUniqueId);

// Writes the header for a server that asked for one into `room`, which has kLongestWrittenHeader
// bytes; the answer is how many it took. Without both addresses it says UNKNOWN (version 1) or
// LOCAL (version 2), as HAProxy does for UNIX clients. Only the options that were asked for are
// told.
[[nodiscard]] std::size_t write_proxy_header(const conf::SendProxy& asked, const Introduction& says,
                                             std::span<std::byte> room);

}  // namespace lb::proxy
