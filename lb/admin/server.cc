#include "lb/admin/server.h"

#include <fmt/format.h>

#include <utility>

namespace lb::admin {

std::string shown(const conf::Address& address) {
  return address.family == conf::Family::kUnix ? "unix@" + address.path : conf::to_string(address);
}

Server::Server(net::Loop& loop, const CommandTable& commands, Audit audit)
    : shared_{.loop = loop,
              .commands = commands,
              .audit = std::move(audit),
              .start = net::read_clock()},
      reaper_(loop, [this] { retired_.clear(); }) {}

Server::~Server() { close(); }

std::optional<std::string> Server::open(const std::vector<conf::AdminSocket>& sockets,
                                        net::Opener& opener) {
  for (const conf::AdminSocket& asked : sockets) {
    auto listening = opener.listen(asked);
    if (!listening)
      return fmt::format("{}:{}: global.admin: cannot listen on {}: {}{}", asked.place.file,
                         asked.place.line, shown(asked.address), listening.error().message(),
                         net::advice(listening.error().error(), asked.address));
    Socket& socket = sockets_.emplace_back();
    socket.settings = asked;
    if (asked.address.family == conf::Family::kUnix) {
      socket.path.emplace(asked.address.path);
    } else if (const auto bound = net::bound_address(listening->get())) {
      socket.settings.address = *bound;
    }
    socket.listening = *std::move(listening);
  }
  return std::nullopt;
}

std::vector<conf::AdminSocket> Server::sockets() const {
  std::vector<conf::AdminSocket> all;
  for (const Socket& socket : sockets_) all.push_back(socket.settings);
  return all;
}

void Server::serve() {
  for (Socket& socket : sockets_)
    socket.server = std::make_unique<net::StreamServer>(
        shared_.loop, std::move(socket.listening),
        [this, &socket](net::Fd client) { arrived(socket, std::move(client)); });
}

void Server::close() {
  sockets_.clear();
  retired_.clear();
}

void Server::arrived(Socket& socket, net::Fd fd) {
  Client client{.socket = shown(socket.settings.address), .uid = {}, .pid = {}};
  if (const auto peer = net::credentials_of(fd.get())) {
    client.uid = peer->uid;
    client.pid = peer->pid;
  }
  const Terms terms{.level = socket.settings.level, .timeout = socket.settings.timeout};
  const auto place = socket.clients.emplace(socket.clients.end());
  *place = std::make_unique<Connection>(shared_, std::move(fd), std::move(client), terms,
                                        [this, &socket, place] { retire(socket, place); });
  if (socket.clients.size() >= socket.settings.maxconn) socket.server->pause();
}

void Server::retire(Socket& socket, std::list<std::unique_ptr<Connection>>::iterator client) {
  retired_.push_back(std::move(*client));
  socket.clients.erase(client);
  socket.server->resume();
  reaper_.start(std::chrono::milliseconds{0});
}

}  // namespace lb::admin
