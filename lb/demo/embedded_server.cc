#include "lb/demo/embedded_server.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "conf/address.h"
#include "lb/net/address.h"
#include "lb/net/opener.h"

namespace lb::demo {
namespace {

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

bool begins_request(std::string_view line) {
  return line.find(" HTTP/1.") != std::string_view::npos;
}

}  // namespace

EmbeddedServer::EmbeddedServer(std::string name) : name_(std::move(name)) {
  conf::Bind bind;
  bind.address = {.family = conf::Family::kIpv4, .ip = {127, 0, 0, 1}, .port = 0, .path = {}};
  auto listener = net::Opener().listen(bind, conf::Tcp{});
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
    if (poll(wanted.data(), wanted.size(), -1) < 0 && errno != EINTR) return;
    if (wanted[0].revents != 0) return;
    for (std::size_t i = clients.size(); i-- > 0;)
      if (wanted[i + 2].revents != 0 && !serve(clients[i]))
        clients.erase(clients.begin() + static_cast<std::ptrdiff_t>(i));
    if (wanted[1].revents != 0) accept_one(clients);
  }
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
    const std::string body = fmt::format("Hello from server {} on port {}.\n", name_, port_);
    return send_all(client.fd.get(), fmt::format("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                                                 "Content-Length: {}\r\nX-Server: {}\r\n\r\n{}",
                                                 body.size(), name_, body));
  }
  if (client.http) return true;
  client.http = begins_request(line);
  return client.http || send_all(client.fd.get(), fmt::format("{}: {}\n", name_, line));
}

}  // namespace lb::demo
