#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "conf/address.h"

namespace conf::haproxy {

// Where a server is, as HAProxy's users write it.
struct Target {
  std::optional<Address> address;     // unset: `host` is to be resolved
  std::string host;                   // as written, when it is a name
  std::optional<std::uint16_t> port;  // unset: none was written, or it is a path
};

// Reads "192.0.2.1:80", "[2001:db8::1]:80", "2001:db8::1:80" (the last colon separates the port),
// ":80" (0.0.0.0), "db.internal:80", all with or without the port, "unix@/path" and "/path";
// "ipv4@" and "ipv6@" before it say what it has to be. The error is HAProxy's sentence.
[[nodiscard]] std::expected<Target, std::string> parse_target(std::string_view text);

}  // namespace conf::haproxy
