#pragma once

#include <optional>
#include <span>
#include <string>

#include "lb/proxy/server.h"

namespace lb::admin {

// What an order to move a server, or its checks, leads to.
struct Moved {
  std::string says;                              // HAProxy's sentence; empty: there is none
  std::optional<proxy::Whereabouts> where = {};  // from now on; unset: the order is refused
};

// `words` are those behind `set server <backend>/<server>`: addr <ip> [port <port>], check-addr
// <ip> [port <port>], check-port <port> or fqdn <name> (management.txt, "set server"; the sentences
// are those of server.c, srv_update_addr_port(), and of cli_parse_set_server()). nullopt: they are
// none of these.
[[nodiscard]] std::optional<Moved> move_as_told(const proxy::Server& server,
                                                std::span<const std::string> words);

}  // namespace lb::admin
