#pragma once

#include <expected>
#include <span>
#include <string>
#include <string_view>

#include "conf/model.h"

namespace conf::haproxy {

// One server as a haproxy.cfg has it in a line, or `add server` behind its backend.
struct ServerLine {
  Server server;            // its id is 0 when none is asked for
  bool enabled = false;     // of a dynamic server: it serves at once
  bool is_checked = false;  // `check`: server.check is set then, without a dialog, which is the
                            // backend's to give
};

// Reads name, address and keywords: configuration.txt, "server", as far as they are allowed for
// dynamic servers (management.txt, "add server"). A name instead of an address is kept in `host`
// and not resolved. Otherwise a sentence, HAProxy's where it has one.
[[nodiscard]] std::expected<ServerLine, std::string> read_server_line(
    std::string_view name, std::span<const std::string> words);

}  // namespace conf::haproxy
