#include "lb/cli/target.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "conf/nearest.h"
#include "conf/value.h"

namespace lb::cli {
namespace {

constexpr std::size_t kNamesShown = 12;

}  // namespace

std::string Target::text() const {
  return servers.empty() ? backend : fmt::format("{}/{}", backend, fmt::join(servers, ","));
}

std::string suggestion(std::string_view wrong, std::span<const std::string_view> names) {
  if (names.empty()) return "there is none";
  const std::string_view near = conf::nearest(wrong, names);
  if (!near.empty()) return fmt::format("did you mean \"{}\"?", near);
  const auto shown = names.first(std::min(kNamesShown, names.size()));
  return fmt::format("there are {}{}", fmt::join(shown, ", "),
                     shown.size() < names.size() ? ", ..." : "");
}

std::expected<Target, std::string> read_target(std::string_view text) {
  const auto wrong = [&] {
    return std::unexpected(
        fmt::format("{} names no server: write BACKEND/SERVER, BACKEND/SERVER,SERVER or BACKEND",
                    conf::quoted(text)));
  };
  const std::size_t slash = text.find('/');
  Target target{.backend = std::string(text.substr(0, slash)), .servers = {}};
  if (target.backend.empty()) return wrong();
  if (slash == std::string_view::npos) return target;
  for (std::string_view rest = text.substr(slash + 1);;) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma).empty()) return wrong();
    target.servers.emplace_back(rest.substr(0, comma));
    if (comma == std::string_view::npos) return target;
    rest.remove_prefix(comma + 1);
  }
}

std::vector<std::string> servers_of(const Target& target, std::span<const Stat> stats) {
  std::vector<std::string> names;
  names.reserve(target.servers.size());
  for (const std::string& server : target.servers)
    names.push_back(fmt::format("{}/{}", target.backend, server));
  if (!names.empty()) return names;
  for (const Stat& stat : stats) {
    if (stat.kind == Stat::Kind::kServer && stat.proxy == target.backend)
      names.push_back(fmt::format("{}/{}", stat.proxy, stat.name));
  }
  return names;
}

std::string wrong_name(const Target& target, std::span<const Stat> stats) {
  std::vector<std::string_view> backends;
  std::vector<std::string_view> servers;
  for (const Stat& stat : stats) {
    if (stat.kind == Stat::Kind::kBackend) backends.emplace_back(stat.proxy);
    if (stat.kind == Stat::Kind::kServer && stat.proxy == target.backend)
      servers.emplace_back(stat.name);
  }
  if (std::ranges::find(backends, target.backend) == backends.end()) {
    return fmt::format("there is no backend {}: {}", conf::quoted(target.backend),
                       suggestion(target.backend, backends));
  }
  for (const std::string& server : target.servers) {
    if (std::ranges::find(servers, server) == servers.end()) {
      return fmt::format("backend {} has no server {}: {}", target.backend, conf::quoted(server),
                         suggestion(server, servers));
    }
  }
  return {};
}

}  // namespace lb::cli
