#include "lb/net/described.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstring>
#include <optional>

#include "lb/net/address.h"

namespace lb::net {
namespace {

std::string link_of(int fd) {
  std::array<char, PATH_MAX> target{};
  const ssize_t size =
      readlink(fmt::format("/proc/self/fd/{}", fd).c_str(), target.data(), target.size());
  return size > 0 ? std::string(target.data(), static_cast<std::size_t>(size)) : "";
}

std::optional<int> option(int fd, int name) {
  int value = 0;
  socklen_t size = sizeof(value);
  if (getsockopt(fd, SOL_SOCKET, name, &value, &size) != 0) return std::nullopt;
  return value;
}

// An abstract name begins with a zero, which is shown as HAProxy writes it.
std::string unix_name(const SocketAddress& address) {
  sockaddr_un name{};
  constexpr std::size_t kBefore = offsetof(sockaddr_un, sun_path);
  if (address.size() <= kBefore || address.size() > sizeof(name)) return "";
  std::memcpy(&name, address.data(), address.size());
  if (name.sun_path[0] == '\0')
    return "abns@" + std::string(name.sun_path + 1, address.size() - kBefore - 1);
  return "unix@" + std::string(name.sun_path, strnlen(name.sun_path, address.size() - kBefore));
}

std::string name_of(const SocketAddress& address) {
  if (address.family() == AF_UNIX) return unix_name(address);
  const Peer peer = address.peer();
  return conf::to_string(
      conf::Address{.family = peer.family, .ip = peer.ip, .port = peer.port, .path = {}});
}

}  // namespace

Described describe(int fd) {
  Described all;
  const auto type = option(fd, SO_TYPE);
  if (!type) {
    all.kind = link_of(fd);
    return all;
  }
  const bool stream = *type == SOCK_STREAM;
  SocketAddress local;
  if (getsockname(fd, local.room(), local.length()) == 0) {
    const bool is_unix = local.family() == AF_UNIX;
    all.kind = is_unix ? (stream ? "unix" : "unix-datagram") : (stream ? "tcp" : "udp");
    all.local = name_of(local);
  }
  SocketAddress remote;
  if (getpeername(fd, remote.room(), remote.length()) == 0) all.remote = name_of(remote);
  all.listens = option(fd, SO_ACCEPTCONN).value_or(0) != 0;
  return all;
}

}  // namespace lb::net
