#include "lb/cli/client.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <system_error>

#include "lb/cli/endpoint.h"
#include "lb/cli/terminal.h"
#include "lb/net/fd.h"

namespace lb::cli {
namespace {

using net::Fd;

constexpr std::chrono::seconds kPatience{30};
constexpr std::string_view kNameAnother =
    "name another with -s PATH, -s HOST:PORT or TIDEGATE_SOCKET";

std::string message_of(int error) { return std::generic_category().message(error); }

// What a failed call means to who typed the command.
std::string explained(std::string_view socket, int error) {
  switch (error) {
    case ENOENT:
      return fmt::format(
          "there is no socket {}: is tidegate running, with an admin socket there? Or {}", socket,
          kNameAnother);
    case ECONNREFUSED:
      return fmt::format("nobody listens on {}: is tidegate running? Or {}", socket, kNameAnother);
    case EACCES:
    case EPERM:
      return fmt::format(
          "no permission to use {}: become root, or a member of the group that ls -l {} shows",
          socket, socket);
    case EAGAIN:
      return fmt::format("no answer from {} in time: the daemon is stopped or overloaded", socket);
    default:
      return fmt::format("no connection to {}: {}; {}", socket, message_of(error), kNameAnother);
  }
}

// 0, or the error.
int connect_to(Fd& fd, int family, const sockaddr* address, socklen_t length,
               std::chrono::seconds patience) {
  fd = Fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd) return errno;
  const timeval time{.tv_sec = patience.count(), .tv_usec = 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time));
  if (net::connect(fd.get(), address, length) == 0) return 0;
  return errno == EINPROGRESS ? EAGAIN : errno;
}

std::expected<Fd, std::string> open_path(const std::string& path, std::chrono::seconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path))
    return std::unexpected(fmt::format("{} is longer than a socket's name can be", path));
  std::memcpy(address.sun_path, path.data(), path.size());
  Fd fd;
  const int error = connect_to(fd, AF_UNIX, reinterpret_cast<const sockaddr*>(&address),
                               sizeof(address), patience);
  if (error != 0) return std::unexpected(explained(path, error));
  return fd;
}

std::expected<Fd, std::string> open_host(const Endpoint& endpoint, const std::string& socket,
                                         std::chrono::seconds patience) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failure = ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &wanted, &found);
  if (failure != 0)
    return std::unexpected(
        fmt::format("{}: {}; {}", socket, ::gai_strerror(failure), kNameAnother));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  int error = ENOENT;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    Fd fd;
    error = connect_to(fd, entry->ai_family, entry->ai_addr, entry->ai_addrlen, patience);
    if (error == 0) return fd;
  }
  return std::unexpected(explained(socket, error));
}

// 0, or the error.
int send_all(const Fd& fd, std::string_view text) {
  auto bytes = std::as_bytes(std::span(text));
  while (!bytes.empty()) {
    const ssize_t sent = net::send(fd.get(), bytes);
    if (sent < 0 && errno == EINTR && !interrupted()) continue;
    if (sent < 0) return errno;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return 0;
}

// A reset after an answer ends it like a FIN: a daemon that stops may have it so.
std::expected<std::string, int> read_all(const Fd& fd, std::chrono::seconds patience) {
  const auto limit =
      patience.count() != 0 ? std::optional<std::chrono::milliseconds>(patience) : std::nullopt;
  std::string answer;
  std::array<std::byte, 65'536> room{};
  while (true) {
    const Readiness readiness = wait_readable(fd.get(), limit);
    if (readiness == Readiness::kSignal) return std::unexpected(EINTR);
    if (readiness == Readiness::kTimeout) return std::unexpected(EAGAIN);
    const ssize_t got = net::receive(fd.get(), room);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno != ECONNRESET || answer.empty())) return std::unexpected(errno);
    if (got <= 0) return answer;
    answer.append(reinterpret_cast<const char*>(room.data()), static_cast<std::size_t>(got));
  }
}

}  // namespace

std::expected<Reply, std::string> Client::exchange(std::string_view command,
                                                   std::chrono::seconds patience) const {
  const Endpoint endpoint = read_endpoint(socket_);
  const auto fd = endpoint.path.empty() ? open_host(endpoint, socket_, patience)
                                        : open_path(endpoint.path, patience);
  if (!fd) return std::unexpected(fd.error());
  // A full socket that is already closed at the other end still has an answer to read.
  const int unsent = send_all(*fd, fmt::format("{};{}\n", kAskSeverity, command));
  if (unsent != 0 && unsent != EPIPE) return std::unexpected(explained(socket_, unsent));
  const auto answer = read_all(*fd, patience);
  if (!answer) return std::unexpected(explained(socket_, answer.error()));
  if (answer->empty())
    return std::unexpected(fmt::format("{} closed the connection without an answer", socket_));
  return read_reply(*answer);
}

std::expected<std::string, std::string> Client::ask(std::string_view command) const {
  auto reply = exchange(command, kPatience);
  if (!reply) return std::unexpected(std::move(reply.error()));
  // What HAProxy offers instead are commands of the API, which help nobody here.
  if (reply->errors.starts_with("Unknown command")) {
    return std::unexpected(fmt::format(
        "the daemon at {} does not know '{}': is it of this version?", socket_, command));
  }
  if (!reply->errors.empty()) return std::unexpected(std::move(reply->errors));
  return std::move(reply->text);
}

std::expected<Reply, std::string> Client::ask_patiently(std::string_view command) const {
  return exchange(command, std::chrono::seconds(0));
}

}  // namespace lb::cli
