#include "conf/yaml/log_address.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "conf/host.h"
#include "conf/value.h"
#include "conf/yaml/choice.h"

namespace conf::yaml {
namespace {

using Kind = LogTarget::Kind;

constexpr std::string_view kTargets =
    R"(stdout, stderr, none, the absolute path of a file, "udp://host:514", /dev/log or "unix:/path")";
constexpr std::string_view kUdp = "udp://";
constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kDevLog = "/dev/log";
constexpr std::uint16_t kSyslogPort = 514;

constexpr Choices<Kind, 3> kNames = {
    {{"stdout", Kind::kStdout}, {"stderr", Kind::kStderr}, {"none", Kind::kNone}}};

struct HostPort {
  std::string_view host;
  std::uint16_t port = kSyslogPort;
};

// "host", "host:port", "[ipv6]" or "[ipv6]:port"; nullopt when the port is none.
std::optional<HostPort> split(std::string_view text) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  HostPort parts{.host = text.substr(0, colon)};
  if (parts.host.starts_with('[') && parts.host.ends_with(']'))
    parts.host = parts.host.substr(1, parts.host.size() - 2);
  if (colon == std::string_view::npos) return parts;
  const auto port = parse_number(text.substr(colon + 1), 1, 65535);
  if (!port) return std::nullopt;
  parts.port = static_cast<std::uint16_t>(*port);
  return parts;
}

std::optional<Address> address_of(const Cursor& at, std::string_view host) {
  if (auto address = parse_ip(host)) return address;
  if (!is_host(host)) {
    at.mistake(
        fmt::format("must name a machine or its address, such as "
                    "\"udp://192.0.2.1:514\" or \"udp://[2001:db8::1]\", has {}",
                    quoted(host)));
    return std::nullopt;
  }
  auto answers = at.source().resolve(std::string(host));
  if (answers) {
    at.note(fmt::format("{} is {}", quoted(host), host_of(answers->front())));
    return answers->front();
  }
  at.mistake(fmt::format("{} has no address: {}; write the address itself", quoted(host),
                         answers.error()));
  return std::nullopt;
}

// "host:port" or an address alone, as HAProxy has it: how it is written here. Empty: it is neither.
std::string udp_form(std::string_view text) {
  if (const auto ip = parse_ip(text))
    return ip->family == Family::kIpv6 ? fmt::format("{}[{}]", kUdp, text)
                                       : fmt::format("{}{}", kUdp, text);
  const std::size_t colon = text.rfind(':');
  const bool host_and_port =
      parse_address(text) || (colon != std::string_view::npos && is_host(text.substr(0, colon)) &&
                              parse_number(text.substr(colon + 1), 1, 65535));
  return host_and_port && !text.starts_with(kUnix) ? fmt::format("{}{}", kUdp, text)
                                                   : std::string();
}

void read_udp(const Cursor& at, std::string_view text, LogTarget& target) {
  target.kind = Kind::kSyslog;
  const std::string_view rest = text.substr(kUdp.size());
  if (const auto ip = parse_ip(rest); ip && ip->family == Family::kIpv6)
    return at.mistake(
        fmt::format("write an IPv6 address in brackets: {}, is {}", udp_form(rest), quoted(text)));
  const auto parts = split(rest);
  if (!parts)
    return at.mistake(fmt::format("must have a port from 1 to 65535, is {}", quoted(text)));
  if (auto address = address_of(at, parts->host)) {
    target.address = *std::move(address);
    target.address.port = parts->port;
  }
}

void read_unix(const Cursor& at, std::string_view text, LogTarget& target) {
  target.kind = Kind::kSyslog;
  if (auto address = parse_address(text)) {
    target.address = *std::move(address);
  } else {
    at.mistake(fmt::format(
        "must be the absolute path of a socket, such as \"unix:/dev/log\", is {}", quoted(text)));
  }
}

}  // namespace

void read_log_address(const Cursor& at, LogTarget& target) {
  const auto to = at.text(kTargets);
  if (!to) return;
  if (to->find_first_of(" \t") != std::string::npos)
    return at.mistake(
        fmt::format("must be one word, is {}: facility, level, len and format are keys of a "
                    "mapping: {{to: /dev/log, facility: local0}}",
                    quoted(*to)));
  if (const auto kind = find_choice(kNames, *to)) {
    target.kind = *kind;
  } else if (to->starts_with(kUdp)) {
    read_udp(at, *to, target);
  } else if (to->starts_with(kUnix)) {
    read_unix(at, *to, target);
  } else if (*to == kDevLog) {
    read_unix(at, fmt::format("{}{}", kUnix, *to), target);
  } else if (to->starts_with('/') && !to->ends_with('/')) {
    target.kind = Kind::kFile;
    target.path = *to;
  } else if (const std::string udp = udp_form(*to); !udp.empty()) {
    at.mistake(fmt::format("must be {}, is {}: write {}", kTargets, quoted(*to), udp));
  } else {
    at.mistake(fmt::format("must be {}, is {}", kTargets, quoted(*to)));
  }
}

}  // namespace conf::yaml
