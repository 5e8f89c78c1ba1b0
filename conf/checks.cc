#include "conf/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "conf/value.h"

namespace conf {
namespace {

// Where a part of a check goes to. The way to a UNIX server is a path, which has no port, and none
// for an address to be completed with. Empty: nothing is wrong.
std::string wrong_way(std::string_view what, std::optional<std::uint16_t> port,
                      const std::optional<Address>& address) {
  if (port.has_value() == address.has_value()) return {};
  return fmt::format("is reached by a UNIX socket, but {} has {}: give {} both, or neither", what,
                     port ? "a port and no address" : "an address and no port", what);
}

std::string wrong_unix(const Server& server) {
  if (server.agent && !server.agent->address)
    return "is reached by a UNIX socket, so that its agent needs an address: write agent: "
           "{address: 127.0.0.1, port: 9001}";
  if (!server.check) return {};
  const Check& check = *server.check;
  auto wrong = wrong_way("its check", check.port, check.address);
  for (const CheckStep& step : check.dialog->steps) {
    if (!wrong.empty()) return wrong;
    const auto* const connect = std::get_if<CheckConnect>(&step);
    if (connect == nullptr) continue;
    wrong = wrong_way("a connect of its check", connect->port ? connect->port : check.port,
                      connect->address ? connect->address : check.address);
  }
  return wrong;
}

// Empty: nothing.
std::string wrong_health(const Server& server) {
  if (server.check && server.track)
    return fmt::format("has both check and track: keep one, as {}/{} tells its health",
                       printable(server.track->backend), printable(server.track->server));
  if (server.agent && server.agent->port == 0)
    return "has an agent without a port: write agent: {port: 9001}";
  if (server.observe && !server.check && server.observe->on_error != Observe::Action::kEject)
    return "has an on_error that is for servers with a check: add one, or write on_error: eject";
  const bool is_unix = server.address && server.address->family == Family::kUnix;
  return is_unix ? wrong_unix(server) : std::string{};
}

void check_ejection(const Backend& backend, std::vector<Mistake>& mistakes) {
  const Ejection& ejection = backend.ejection;
  if (ejection.time <= ejection.longest) return;
  mistakes.push_back({backend.place.file, backend.place.line,
                      fmt::format("backends.{}.ejection_time", printable(backend.name)),
                      fmt::format("is {}ms, more than longest_ejection, {}ms: raise that as well",
                                  ejection.time.count(), ejection.longest.count())});
}

}  // namespace

void check_health(const Config& config, std::vector<Mistake>& mistakes) {
  for (const auto& backend : config.backends) {
    check_ejection(backend, mistakes);
    for (const auto& server : backend.servers) {
      auto wrong = wrong_health(server);
      if (wrong.empty()) continue;
      mistakes.push_back(
          {server.place.file, server.place.line,
           fmt::format("backends.{}.servers.{}", printable(backend.name), printable(server.name)),
           std::move(wrong)});
    }
  }
}

}  // namespace conf
