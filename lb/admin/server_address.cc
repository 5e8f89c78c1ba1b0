#include "lb/admin/server_address.h"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

#include "conf/address.h"

namespace lb::admin {
namespace {

constexpr std::string_view kByHand = " by 'stats socket command'";

Moved refused(std::string sentence) { return {.says = std::move(sentence)}; }

std::string_view word(std::span<const std::string> words, std::size_t n) {
  return n < words.size() ? std::string_view(words[n]) : std::string_view();
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.begin(), text.end(), number);
  return error == std::errc{} && stop == text.end() ? std::optional(number) : std::nullopt;
}

std::optional<std::uint16_t> port_in(std::int64_t number) {
  if (number < 1 || number > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(number);
}

// The port is the old one unless another is told; a server that had no address has none.
Moved move_server(const proxy::Server& server, std::span<const std::string> words) {
  const std::string_view text = word(words, 1);
  if (text.empty())
    return refused("set server <b>/<s> addr requires an address and optionally a port.");
  auto to = conf::parse_ip(text);
  if (!to) return refused(fmt::format("Invalid addr '{}'{}", text, kByHand));
  const auto& now = server.where.address;
  if (now && now->family == conf::Family::kUnix)
    return refused(
        fmt::format("Update for the current server address family is only supported through "
                    "configuration file{}",
                    kByHand));
  const bool has_port = word(words, 2) == "port";
  if (!now && !has_port)
    return refused(fmt::format(
        "{} has no address yet: say its port as well, as in: addr {} port 80", server.name, text));
  to->port = now ? now->port : 0;
  const std::uint16_t before = to->port;
  if (has_port) {
    const auto number = whole_number(word(words, 3));
    if (!number)
      return refused(
          fmt::format("problem converting port '{}' to an int{}", word(words, 3), kByHand));
    const auto port = port_in(*number);
    if (!port) return refused(fmt::format("port {} is not from 1 to 65535{}", *number, kByHand));
    to->port = *port;
  }
  const std::string from = now ? conf::host_of(*now) : "(null)";
  const std::string there = conf::host_of(*to);
  std::string says = from == there ? "no need to change the addr"
                                   : fmt::format("IP changed from '{}' to '{}'", from, there);
  if (has_port)
    says += before == to->port ? ", no need to change the port"
                               : fmt::format(", port changed from '{}' to '{}'", before, to->port);
  proxy::Whereabouts where = server.where;
  where.address = to;
  return {.says = fmt::format("{}{}", says, kByHand), .where = where};
}

Moved move_checks(const proxy::Server& server, std::span<const std::string> words) {
  const bool port_only = word(words, 0) == "check-port";
  if (word(words, 1).empty())
    return refused(
        port_only ? "set server <b>/<s> check-port requires a port."
                  : "set server <b>/<s> check-addr requires an address and optionally a port.");
  if (!server.config.check) return refused("health checks are not enabled on this server");
  proxy::Whereabouts where = server.where;
  if (!port_only) {
    where.check_address = conf::parse_ip(word(words, 1));
    if (!where.check_address) return refused(fmt::format("invalid addr '{}'", word(words, 1)));
    if (word(words, 2) != "port") return {.says = {}, .where = where};
  }
  const auto number = whole_number(word(words, port_only ? 1 : 3));
  if (!number) return refused("provided port is not an integer");
  where.check_port = port_in(*number);
  if (!where.check_port) return refused("provided port is invalid");
  return {.says = {}, .where = where};
}

}  // namespace

std::optional<Moved> move_as_told(const proxy::Server& server, std::span<const std::string> words) {
  const std::string_view what = word(words, 0);
  if (what == "addr") return move_server(server, words);
  if (what == "check-addr" || what == "check-port") return move_checks(server, words);
  if (what != "fqdn") return std::nullopt;
  return refused(word(words, 1).empty()
                     ? "set server <b>/<s> fqdn requires a FQDN."
                     : "set server <b>/<s> fqdn failed because no resolution is configured.");
}

}  // namespace lb::admin
