#include "lb/net/opener.h"

#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <limits>

#include "lb/net/address.h"

namespace lb::net {
namespace {

Status turn_on(int fd, int level, int option, int value = 1) {
  return Status::of(setsockopt(fd, level, option, &value, sizeof(value)));
}

bool is_unix(const conf::Bind& bind) { return bind.address.family == conf::Family::kUnix; }

constexpr int kAdminBacklog = 1024;

Status give_to(const std::string& path, const std::string& user, const std::string& group) {
  uid_t uid = geteuid();
  gid_t gid = getegid();
  if (!user.empty()) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): only the control thread opens sockets
    const passwd* const entry = getpwnam(user.c_str());
    if (entry == nullptr) return Status(ENOENT);
    uid = entry->pw_uid;
  }
  if (!group.empty()) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): as above
    const struct group* const entry = getgrnam(group.c_str());
    if (entry == nullptr) return Status(ENOENT);
    gid = entry->gr_gid;
  }
  if (user.empty() && group.empty()) return {};
  return Status::of(chown(path.c_str(), uid, gid));
}

std::expected<Fd, Status> bound_socket(const conf::Bind& bind, bool reuse_port) {
  const SocketAddress address(bind.address);
  Fd fd(socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return std::unexpected(Status(errno));
  if (!is_unix(bind)) {
    if (auto set = turn_on(fd.get(), SOL_SOCKET, SO_REUSEADDR); !set.ok())
      return std::unexpected(set);
    if (reuse_port)
      if (auto set = turn_on(fd.get(), SOL_SOCKET, SO_REUSEPORT); !set.ok())
        return std::unexpected(set);
    if (address.family() == AF_INET6)
      if (auto set = turn_on(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, bind.v6only ? 1 : 0); !set.ok())
        return std::unexpected(set);
  }
  if (::bind(fd.get(), address.data(), address.size()) != 0) return std::unexpected(Status(errno));
  return fd;
}

// A UNIX socket's file stays when its process ends; it is in the way only if nobody answers there.
Status remove_stale(const conf::Bind& bind) {
  struct stat found{};
  if (lstat(bind.address.path.c_str(), &found) != 0) return Status(errno == ENOENT ? 0 : errno);
  if (!S_ISSOCK(found.st_mode)) return Status(EEXIST);
  const SocketAddress address(bind.address);
  const Fd caller(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!caller) return Status(errno);
  if (::connect(caller.get(), address.data(), address.size()) == 0) return Status(EADDRINUSE);
  if (errno != ECONNREFUSED) return Status(errno == EAGAIN ? EADDRINUSE : errno);
  return Status::of(unlink(bind.address.path.c_str()));
}

}  // namespace

std::expected<Fd, Status> Opener::listen(const conf::Bind& bind, const conf::Tcp& tcp) {
  auto fd = bound_socket(bind, true);
  if (!fd) return fd;
  if (is_unix(bind) && bind.mode && chmod(bind.address.path.c_str(), *bind.mode) != 0)
    return std::unexpected(Status(errno));
  if (!is_unix(bind))
    if (auto set = keep_urgent_in_line(fd->get()); !set.ok()) return std::unexpected(set);
  if (!is_unix(bind))
    if (auto set = set_options(fd->get(), tcp); !set.ok()) return std::unexpected(set);
  const int backlog = static_cast<int>(std::min<std::uint32_t>(bind.backlog, 65535));
  if (::listen(fd->get(), backlog) != 0) return std::unexpected(Status(errno));
  return fd;
}

Status Opener::probe(const conf::Bind& bind) {
  if (is_unix(bind)) return remove_stale(bind);
  const auto alone = bound_socket(bind, false);
  return alone ? Status() : alone.error();
}

std::expected<Fd, Status> Opener::listen(const conf::AdminSocket& asked) {
  conf::Bind bind;
  bind.address = asked.address;
  if (is_unix(bind))
    if (auto removed = remove_stale(bind); !removed.ok()) return std::unexpected(removed);
  auto fd = bound_socket(bind, false);
  if (!fd) return fd;
  if (is_unix(bind)) {
    const std::string& path = asked.address.path;
    if (auto given = give_to(path, asked.user, asked.group); !given.ok())
      return std::unexpected(given);
    if (chmod(path.c_str(), asked.mode) != 0) return std::unexpected(Status(errno));
  }
  if (::listen(fd->get(), kAdminBacklog) != 0) return std::unexpected(Status(errno));
  return fd;
}

std::expected<Fd, Status> Opener::open_log(const std::string& path) {
  // Non-blocking only matters for a FIFO: without a reader, opening it would wait for one.
  Fd fd(
      open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0640));
  if (!fd) return std::unexpected(Status(errno));
  return fd;
}

std::expected<Fd, Status> Opener::open_state(const std::string& path) {
  Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return std::unexpected(Status(errno));
  return fd;
}

// Never what a link of that name points to.
std::expected<Fd, Status> Opener::make_state(const std::string& path) {
  unlink(path.c_str());
  Fd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) return std::unexpected(Status(errno));
  return fd;
}

std::string_view advice(int error, const conf::Address& address) {
  const bool unix_socket = address.family == conf::Family::kUnix;
  switch (error) {
    case EADDRINUSE:
      return unix_socket ? "; another process answers there"
                         : "; `ss -ltnp` shows who listens there";
    case EADDRNOTAVAIL:
      return "; bind to an address that this machine has";
    case EEXIST:
      return "; what is there is no socket: remove it or choose another path";
    case ENOENT:
      return "; make the directory first";
    case EPERM:
      if (unix_socket) return "; only root gives a socket to somebody else";
      [[fallthrough]];
    case EACCES:
      return unix_socket ? "; the directory must be writable for this user"
                         : "; ports below 1024 want root or CAP_NET_BIND_SERVICE";
    default:
      return "";
  }
}

Status keep_urgent_in_line(int fd) { return turn_on(fd, SOL_SOCKET, SO_OOBINLINE); }

Status set_options(int fd, const conf::Tcp& tcp) {
  if (tcp.nodelay)
    if (auto set = turn_on(fd, IPPROTO_TCP, TCP_NODELAY); !set.ok()) return set;
  if (tcp.keepalive)
    if (auto set = turn_on(fd, SOL_SOCKET, SO_KEEPALIVE); !set.ok()) return set;
  if (tcp.user_timeout == conf::kInfinite) return {};
  constexpr auto kMost = static_cast<std::int64_t>(std::numeric_limits<int>::max());
  const auto milliseconds = static_cast<int>(std::min(tcp.user_timeout.count(), kMost));
  return turn_on(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, milliseconds);
}

void reset_on_close(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

std::expected<conf::Address, Status> bound_address(int fd) {
  SocketAddress address;
  if (getsockname(fd, address.room(), address.length()) != 0) return std::unexpected(Status(errno));
  const Peer peer = address.peer();
  return conf::Address{.family = peer.family, .ip = peer.ip, .port = peer.port, .path = {}};
}

}  // namespace lb::net
