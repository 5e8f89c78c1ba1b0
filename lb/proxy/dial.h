#pragma once

#include <expected>

#include "lb/net/address.h"
#include "lb/net/fd.h"
#include "lb/net/status.h"

namespace lb::proxy {

// A socket on its way to a server.
struct Dialled {
  net::Fd fd;
  bool connected = false;  // at once, as UNIX sockets are; otherwise it becomes writable, or fails
};

// Starts to connect, from `source` unless it is null. Never blocks. The socket keeps
// urgent data in line and has no other option yet.
[[nodiscard]] std::expected<Dialled, net::Status> dial(const net::SocketAddress& target,
                                                       const net::SocketAddress* source);

// The error that ended a connect; 0 when there is none. Reading it clears it.
[[nodiscard]] int connect_error(int fd);

// Whether a connect failed for want of something here: no port, descriptor or memory. The server is
// not to blame.
[[nodiscard]] bool our_fault(int error);

}  // namespace lb::proxy
