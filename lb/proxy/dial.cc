#include "lb/proxy/dial.h"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "lb/net/opener.h"
#include "lb/net/system_call.h"

namespace lb::proxy {
namespace {

net::Status bind_source(int fd, const net::SocketAddress& source) {
  // The port is chosen at connect(), per destination, so one address serves more than 64 k
  // connections.
  const int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
  return net::Status::of(bind(fd, source.data(), source.size()));
}

}  // namespace

std::expected<Dialled, net::Status> dial(const net::SocketAddress& target,
                                         const net::SocketAddress* source) {
  net::Fd fd(socket(target.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return std::unexpected(net::Status(errno));
  if (target.family() != AF_UNIX)
    if (auto set = net::keep_urgent_in_line(fd.get()); !set.ok()) return std::unexpected(set);
  if (source != nullptr)
    if (auto bound = bind_source(fd.get(), *source); !bound.ok()) return std::unexpected(bound);
  if (net::connect(fd.get(), target.data(), target.size()) == 0)
    return Dialled{.fd = std::move(fd), .connected = true};
  if (errno != EINPROGRESS) return std::unexpected(net::Status(errno));
  return Dialled{.fd = std::move(fd), .connected = false};
}

int connect_error(int fd) {
  int error = 0;
  socklen_t size = sizeof(error);
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
}

bool our_fault(int error) {
  switch (error) {
    case EADDRNOTAVAIL:
    case EADDRINUSE:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC:  // of epoll_ctl: fs.epoll.max_user_watches
      return true;
    default:
      return false;
  }
}

}  // namespace lb::proxy
