#include "conf/haproxy/address.h"

#include <fmt/format.h>

#include <utility>

#include "conf/haproxy/words.h"
#include "conf/host.h"
#include "conf/value.h"

namespace conf::haproxy {
namespace {

std::unexpected<std::string> invalid(std::string_view text) {
  return std::unexpected(fmt::format("invalid address: {}", in_quotes(text)));
}

std::expected<Target, std::string> path_in(std::string_view text) {
  const auto address = parse_address(fmt::format("unix:{}", text));
  if (!address) return invalid(text);
  return Target{.address = address, .host = {}, .port = {}};
}

// Takes what is behind the last colon off; a bracketed address may have none.
std::expected<std::optional<std::uint16_t>, std::string> take_port(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  const std::size_t bracket = text.rfind(']');
  const bool inside = bracket != std::string_view::npos && colon < bracket;
  if (colon == std::string_view::npos || inside) return std::nullopt;
  const std::string_view port = text.substr(colon + 1);
  const auto number = parse_number(port, 0, 65535);
  if (!number) return std::unexpected(fmt::format("invalid port {}", in_quotes(port)));
  text.remove_suffix(port.size() + 1);
  return static_cast<std::uint16_t>(*number);
}

}  // namespace

std::expected<Target, std::string> parse_target(std::string_view text) {
  const std::string_view whole = text;
  std::optional<Family> family;
  for (const auto& [prefix, wanted] : {std::pair{std::string_view("ipv4@"), Family::kIpv4},
                                       std::pair{std::string_view("ipv6@"), Family::kIpv6}}) {
    if (!text.starts_with(prefix)) continue;
    family = wanted;
    text.remove_prefix(prefix.size());
  }
  if (!family && text.starts_with("unix@")) return path_in(text.substr(5));
  if (!family && text.starts_with('/')) return path_in(text);
  if (text.contains('@')) return invalid(whole);

  const auto port = take_port(text);
  if (!port) return std::unexpected(port.error());
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  Target target{.address = parse_ip(text.empty() ? "0.0.0.0" : text), .host = {}, .port = *port};
  if (!target.address && !is_host(text)) return invalid(whole);
  if (!target.address) {
    target.host = text;
    return target;
  }
  if (family && target.address->family != *family) return invalid(whole);
  target.address->port = target.port.value_or(0);
  return target;
}

}  // namespace conf::haproxy
