#include "bench/load/socket.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <charconv>
#include <string>
#include <system_error>

namespace bench {
namespace {

constexpr std::uint32_t kFirstSource = 0x7F000101;  // 127.0.1.1
constexpr std::uint32_t kSources = 250;

[[noreturn]] void fail(const char* call) {
  throw std::system_error(errno, std::generic_category(), call);
}

const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

lb::net::Fd tcp_socket() {
  lb::net::Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) fail("socket");
  return fd;
}

void enable(int fd, int level, int option) {
  const int on = 1;
  if (setsockopt(fd, level, option, &on, sizeof(on)) != 0) fail("setsockopt");
}

void start_connecting(int fd, const sockaddr_in& address) {
  if (connect(fd, generic(address), sizeof(address)) != 0 && errno != EINPROGRESS) fail("connect");
}

std::optional<std::size_t> moved(ssize_t result) {
  if (result > 0) return static_cast<std::size_t>(result);
  if (result < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
  if (result == 0) errno = 0;
  return std::nullopt;
}

}  // namespace

std::optional<sockaddr_in> parse_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string host(text.substr(0, colon));
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  if (inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return std::nullopt;
  return address;
}

lb::net::Fd listen_on(const sockaddr_in& address) {
  lb::net::Fd fd = tcp_socket();
  enable(fd.get(), SOL_SOCKET, SO_REUSEADDR);
  enable(fd.get(), IPPROTO_TCP, TCP_NODELAY);  // accepted sockets inherit it
  if (bind(fd.get(), generic(address), sizeof(address)) != 0) fail("bind");
  if (listen(fd.get(), 4096) != 0) fail("listen");
  return fd;
}

lb::net::Fd connect_to(const sockaddr_in& address) {
  lb::net::Fd fd = tcp_socket();
  enable(fd.get(), IPPROTO_TCP, TCP_NODELAY);
  start_connecting(fd.get(), address);
  return fd;
}

lb::net::Fd connect_from_next_source(const sockaddr_in& address) {
  static std::uint32_t next = 0;
  lb::net::Fd fd = tcp_socket();
  enable(fd.get(), IPPROTO_TCP, TCP_NODELAY);
  enable(fd.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(kFirstSource + next++ % kSources);
  if (bind(fd.get(), generic(source), sizeof(source)) != 0) fail("bind");
  start_connecting(fd.get(), address);
  return fd;
}

lb::net::Fd accept_from(int listener) {
  return lb::net::Fd(accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

std::optional<std::size_t> send_some(int fd, std::span<const char> bytes) {
  return moved(send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL));
}

std::optional<std::size_t> receive_some(int fd, std::span<char> room) {
  return moved(recv(fd, room.data(), room.size(), 0));
}

std::optional<std::size_t> discard_some(int fd, std::size_t most) {
  return moved(recv(fd, nullptr, most, MSG_TRUNC));
}

}  // namespace bench
