#include "conf/loops.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "conf/binds.h"
#include "conf/value.h"

namespace conf {
namespace {

// A server that is a bind: clients of the frontend `from` come in again at the frontend `to`.
struct Step {
  std::size_t from = 0;
  std::size_t to = 0;
  const Backend* backend = nullptr;
  const Server* server = nullptr;
  const Bind* bind = nullptr;
};

bool is_loopback(const Address& address) {
  if (address.family == Family::kIpv4) return address.ip[0] == 127;
  return address.ip.back() == 1 && std::all_of(address.ip.begin(), address.ip.end() - 1,
                                               [](std::uint8_t byte) { return byte == 0; });
}

// Connecting to the wildcard address connects to this machine.
bool is_here(const Address& address) { return is_loopback(address) || is_wildcard(address); }

bool reaches(const Address& server, const Bind& bind) {
  if (server == bind.address) return true;
  if (server.family == Family::kUnix || bind.address.family == Family::kUnix) return false;
  if (server.port != bind.address.port) return false;
  const bool dual = bind.address.family == Family::kIpv6 && !bind.v6only;
  if (server.family != bind.address.family && !dual) return false;
  if (is_wildcard(bind.address)) return is_here(server);
  return is_wildcard(server) && is_loopback(bind.address) && server.family == bind.address.family;
}

using Bound = std::pair<std::size_t, const Bind*>;  // index of its frontend

// Binds by port, UNIX sockets by path, so that a server is compared with few of them.
class Binds {
 public:
  explicit Binds(const Config& config) {
    for (std::size_t i = 0; i < config.frontends.size(); ++i) {
      for (const auto& bind : config.frontends[i].binds)
        at_[key(bind.address)].emplace_back(i, &bind);
    }
  }

  [[nodiscard]] std::vector<Bound> reached(const Address& server) const {
    std::vector<Bound> result;
    const auto found = at_.find(key(server));
    if (found == at_.end()) return result;
    std::ranges::copy_if(found->second, std::back_inserter(result),
                         [&](const Bound& bound) { return reaches(server, *bound.second); });
    return result;
  }

 private:
  static std::pair<std::uint16_t, std::string_view> key(const Address& address) {
    return {address.port, address.path};
  }

  std::map<std::pair<std::uint16_t, std::string_view>, std::vector<Bound>> at_;
};

std::vector<Step> steps_of(const Config& config) {
  std::map<std::string_view, const Backend*> backends;
  for (const auto& backend : config.backends) backends.emplace(backend.name, &backend);

  const Binds binds(config);
  std::vector<Step> steps;
  for (std::size_t from = 0; from < config.frontends.size(); ++from) {
    const auto chosen = backends.find(config.frontends[from].backend);
    if (chosen == backends.end()) continue;
    for (const auto& server : chosen->second->servers) {
      if (!server.address) continue;
      for (const auto& [to, bind] : binds.reached(*server.address)) {
        steps.push_back({from, to, chosen->second, &server, bind});
      }
    }
  }
  return steps;
}

// Drops the steps that lie on no loop: those that lead to a frontend without further steps, or
// start at one that no step leads to, until nothing changes.
void keep_loops(std::vector<Step>& steps, std::size_t frontends) {
  for (std::size_t before = 0; before != steps.size();) {
    before = steps.size();
    std::vector<bool> left(frontends);
    std::vector<bool> entered(frontends);
    for (const auto& step : steps) {
      left[step.from] = true;
      entered[step.to] = true;
    }
    std::erase_if(steps, [&](const Step& step) { return !left[step.to] || !entered[step.from]; });
  }
}

}  // namespace

void check_loops(const Config& config, std::vector<Mistake>& mistakes) {
  auto steps = steps_of(config);
  keep_loops(steps, config.frontends.size());
  std::set<const Server*> told;
  for (const auto& step : steps) {
    if (!told.insert(step.server).second) continue;
    mistakes.push_back(
        {step.server->place.file, step.server->place.line,
         fmt::format("backends.{}.servers.{}", printable(step.backend->name),
                     printable(step.server->name)),
         fmt::format(
             "{} is the bind {} of frontend {}, so clients go round in a loop: name another "
             "server",
             to_string(*step.server->address), to_string(step.bind->address),
             quoted(config.frontends[step.to].name))});
  }
}

}  // namespace conf
