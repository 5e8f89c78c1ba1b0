#include "conf/yaml/server_address.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "conf/host.h"
#include "conf/value.h"

namespace conf::yaml {
namespace {

constexpr std::string_view kExpected =
    R"(an address or a name and a port such as "10.0.0.1:80" or "db.internal:80", or "unix:/path")";

void resolve(const Cursor& at, std::uint16_t port, bool may_be_unknown, Server& server) {
  auto answers = at.source().resolve(server.host);
  if (!answers) {
    const auto what = fmt::format("{} has no address: {}", quoted(server.host), answers.error());
    if (may_be_unknown) {
      at.note(what + "; the server starts without one");
    } else {
      at.mistake(what + "; say init_addr: none to start without one");
    }
    return;
  }
  server.address = answers->front();
  server.address->port = port;
  const std::string others =
      answers->size() > 1 ? fmt::format(", the first of {}", answers->size()) : "";
  at.note(fmt::format("{} is {}{}", quoted(server.host), host_of(*server.address), others));
}

}  // namespace

void read_server_address(const Cursor& at, bool may_be_unknown, Server& server) {
  const auto text = at.text(kExpected);
  if (!text) return;
  const auto address = parse_address(*text);
  const std::size_t colon = text->rfind(':');
  const bool has_port = colon != std::string::npos;
  const auto port = has_port ? parse_number(text->substr(colon + 1), 0, 65535) : std::nullopt;
  const bool is_path = address && address->family == Family::kUnix;

  if (port == 0U && !is_path) {
    at.mistake(fmt::format("must have a port from 1 to 65535, is {}", quoted(*text)));
  } else if (address) {
    server.address = address;
  } else if (port && is_host(std::string_view(*text).substr(0, colon))) {
    server.host = text->substr(0, colon);
    resolve(at, static_cast<std::uint16_t>(*port), may_be_unknown, server);
  } else {
    at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  }
}

}  // namespace conf::yaml
