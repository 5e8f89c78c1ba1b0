#include "lb/demo/embedded_server.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <expected>
#include <stdexcept>
#include <utility>

#include "conf/address.h"
#include "lb/net/address.h"
#include "lb/net/opener.h"

namespace lb::demo {
namespace {

constexpr std::chrono::milliseconds kAgain{100};
constexpr std::size_t kLongestLine = 8192;  // bytes; who sends more without an end of line is left

bool send_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Port 0: any.
std::expected<net::Fd, net::Status> listen_on(std::uint16_t port) {
  conf::Bind bind;
  bind.address = {.family = conf::Family::kIpv4, .ip = {127, 0, 0, 1}, .port = port, .path = {}};
  return net::Opener().listen(bind, conf::Tcp{});
}

bool begins_request(std::string_view line) {
  return line.find(" HTTP/1.") != std::string_view::npos;
}

}  // namespace

EmbeddedServer::EmbeddedServer(std::string name) : name_(std::move(name)) {
  auto listener = listen_on(0);
  if (!listener) throw std::runtime_error("no port for a server: " + listener.error().message());
  const auto bound = net::bound_address(listener->get());
  if (!bound) throw std::runtime_error("no port for a server: " + bound.error().message());
  port_ = bound->port;
  listener_ = std::move(*listener);
  stop_ = net::Fd(eventfd(0, EFD_CLOEXEC));
  thread_ = std::thread([this] { run(); });
}

EmbeddedServer::~EmbeddedServer() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t told = write(stop_.get(), &one, sizeof(one));
  thread_.join();
}

void EmbeddedServer::run() {
  std::vector<Client> clients;
  std::vector<pollfd> wanted;
  for (;;) {
    wanted.assign({{.fd = stop_.get(), .events = POLLIN, .revents = 0},
                   {.fd = listener_.get(), .events = POLLIN, .revents = 0}});
    for (const Client& client : clients)
      wanted.push_back({.fd = client.fd.get(), .events = POLLIN, .revents = 0});
    if (poll(wanted.data(), wanted.size(), until_recovery()) < 0 && errno != EINTR) return;
    if (wanted[0].revents != 0) return;
    for (std::size_t i = clients.size(); i-- > 0;)
      if (wanted[i + 2].revents != 0 && !serve(clients[i]))
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
    if (fails_until_) {
      clients.clear();
    } else if (wanted[1].revents != 0) {
      accept_one(clients);
    }
  }
}

void EmbeddedServer::fail() {
  listener_.reset();
  fails_until_ = std::chrono::steady_clock::now() + kOutage;
}

// For poll(2). When the time has come it listens again, if nobody else has its port.
int EmbeddedServer::until_recovery() {
  if (!fails_until_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*fails_until_ -
                                                                 std::chrono::steady_clock::now());
  if (left.count() > 0) return static_cast<int>(left.count());
  auto listener = listen_on(port_);
  if (!listener) return static_cast<int>(kAgain.count());
  listener_ = std::move(*listener);
  fails_until_.reset();
  return 0;  // it is not among the descriptors of this poll(2)
}

void EmbeddedServer::accept_one(std::vector<Client>& clients) {
  net::Fd fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (fd) clients.push_back({.fd = std::move(fd), .heard = {}, .http = false});
}

// False: this client is done.
bool EmbeddedServer::serve(Client& client) {
  std::array<char, 4096> part;
  const ssize_t got = recv(client.fd.get(), part.data(), part.size(), 0);
  if (got <= 0) return got < 0 && errno == EINTR;
  client.heard.append(part.data(), static_cast<std::size_t>(got));
  for (std::size_t end = client.heard.find('\n'); end != std::string::npos;
       end = client.heard.find('\n')) {
    const std::string line = client.heard.substr(0, end);
    client.heard.erase(0, end + 1);
    if (!answer(client, line)) return false;
  }
  return client.heard.size() <= kLongestLine;
}

bool EmbeddedServer::answer(Client& client, std::string_view line) {
  const bool empty = line.empty() || line == "\r";
  if (client.http && empty) {
    client.http = false;
    if (client.fatal) fail();
    const std::string body =
        client.fatal ? fmt::format("Server {} fails for {} from now on.\n", name_, kOutage)
                     : fmt::format("Hello from server {} on port {}.\n", name_, port_);
    return send_all(client.fd.get(), fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                                 "Content-Length: {}\r\nX-Server: {}\r\n\r\n{}",
                                                 body.size(), name_, body));
  }
  if (client.http) return true;
  client.http = begins_request(line);
  client.fatal = line.starts_with("GET /fail ");
  return client.http || send_all(client.fd.get(), fmt::format("{}: {}\n", name_, line));
}

}  // namespace lb::demo
