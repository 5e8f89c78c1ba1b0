#pragma once

#include <string>

namespace lb::net {

// What the kernel says of an open descriptor of this process, as text.
struct Described {
  std::string kind;    // "tcp", "udp", "unix", "unix-datagram"; else what /proc/self/fd points to
  std::string local;   // of a socket: "127.0.0.1:80" or "unix@/run/x.sock"; empty: no name
  std::string remote;  // who is connected, where that has a name
  bool listens = false;
};

// All empty when it is not open, or /proc cannot be seen.
[[nodiscard]] Described describe(int fd);

}  // namespace lb::net
