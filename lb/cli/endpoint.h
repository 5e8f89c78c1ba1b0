#pragma once

#include <string>
#include <string_view>

namespace lb::cli {

// Where an admin socket is: a path, or else a host and a port.
struct Endpoint {
  std::string path;
  std::string host;
  std::string port;
};

// "unix:" or "unix@" before a path, and "ipv4@" or "ipv6@" before a host, are understood. What has
// no port and no slash is taken for a path in the current directory.
[[nodiscard]] Endpoint read_endpoint(std::string_view text);

}  // namespace lb::cli
