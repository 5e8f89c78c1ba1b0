#include "lb/cli/endpoint.h"

#include <array>

#include "conf/value.h"

namespace lb::cli {

Endpoint read_endpoint(std::string_view text) {
  for (const std::string_view prefix : std::to_array<std::string_view>({"unix:", "unix@"})) {
    if (text.starts_with(prefix))
      return {.path = std::string(text.substr(prefix.size())), .host = {}, .port = {}};
  }
  std::string_view rest = text;
  for (const std::string_view prefix : std::to_array<std::string_view>({"ipv4@", "ipv6@"})) {
    if (rest.starts_with(prefix)) rest.remove_prefix(prefix.size());
  }
  const std::size_t colon = rest.rfind(':');
  if (rest.contains('/') || colon == std::string_view::npos ||
      !conf::parse_number(rest.substr(colon + 1), 1, 65'535)) {
    return {.path = std::string(text), .host = {}, .port = {}};
  }
  std::string_view host = rest.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {.path = {}, .host = std::string(host), .port = std::string(rest.substr(colon + 1))};
}

}  // namespace lb::cli
