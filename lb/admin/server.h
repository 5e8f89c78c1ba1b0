#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "conf/admin.h"
#include "lb/admin/command_table.h"
#include "lb/admin/connection.h"
#include "lb/net/opener.h"
#include "lb/net/stream_server.h"
#include "lb/net/unix_path.h"

namespace lb::admin {

// "unix@/run/tidegate.sock" as HAProxy shows it, or "127.0.0.1:9999".
[[nodiscard]] std::string shown(const conf::Address& address);

// The runtime API of a process: its sockets and their clients, on the control thread's loop.
class Server {
 public:
  // `loop` and `commands` outlive it, and so does what `audit` refers to every Answer. Commands may
  // be added until serve().
  Server(net::Loop& loop, const CommandTable& commands, Audit audit);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Opens the sockets, while the process may still do that; the answer is a sentence when one
  // cannot be had.
  [[nodiscard]] std::optional<std::string> open(const std::vector<conf::AdminSocket>& sockets,
                                                net::Opener& opener);

  // Those that are open, with the ports they got.
  [[nodiscard]] std::vector<conf::AdminSocket> sockets() const;

  // Lets clients in. Until then they wait.
  void serve();

  // Closes the sockets and leaves the clients.
  void close();

 private:
  struct Socket {
    conf::AdminSocket settings;  // with the port it got
    net::Fd listening;           // until serve()
    std::optional<net::UnixPath> path;
    std::unique_ptr<net::StreamServer> server;
    std::list<std::unique_ptr<Connection>> clients;
  };

  void arrived(Socket& socket, net::Fd fd);
  void retire(Socket& socket, std::list<std::unique_ptr<Connection>>::iterator client);

  Connection::Shared shared_;
  std::list<Socket> sockets_;
  std::vector<std::unique_ptr<Connection>> retired_;  // freed in the next turn
  net::Timer reaper_;
};

}  // namespace lb::admin
