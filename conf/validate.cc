#include "conf/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "conf/binds.h"
#include "conf/loops.h"
#include "conf/nearest.h"
#include "conf/value.h"

namespace conf {
namespace {

void check_backends_exist(const Config& config, std::vector<Mistake>& mistakes) {
  std::vector<std::string_view> names;
  names.reserve(config.backends.size());
  for (const auto& backend : config.backends) names.emplace_back(backend.name);
  const std::set<std::string_view> known(names.begin(), names.end());

  for (const auto& frontend : config.frontends) {
    if (frontend.backend.empty() || known.contains(frontend.backend)) continue;
    const auto meant = nearest(frontend.backend, names);
    mistakes.push_back(
        {frontend.backend_place.file, frontend.backend_place.line,
         fmt::format("frontends.{}.backend", printable(frontend.name)),
         fmt::format("there is no backend {}: {}", quoted(frontend.backend),
                     meant.empty() ? "define it under backends"
                                   : fmt::format("did you mean {}?", quoted(meant)))});
  }
}

// A socket cannot connect from an address of the other family.
void check_sources(const Config& config, std::vector<Mistake>& mistakes) {
  for (const auto& backend : config.backends) {
    if (backend.sources.empty()) continue;
    for (const auto& server : backend.servers) {
      if (!server.address || server.address->family == Family::kUnix) continue;
      const Family family = server.address->family;
      if (std::ranges::count(backend.sources, family, &Address::family) > 0) continue;
      mistakes.push_back(
          {server.place.file, server.place.line,
           fmt::format("backends.{}.servers.{}", printable(backend.name), printable(server.name)),
           fmt::format("{} cannot be reached from any address in source: add one of its family",
                       to_string(*server.address))});
    }
  }
}

}  // namespace

void validate(Config& config, bool complete, std::vector<Mistake>& mistakes) {
  if (complete) check_backends_exist(config, mistakes);
  check_sources(config, mistakes);
  settle_binds(config, mistakes);
  check_loops(config, mistakes);
}

}  // namespace conf
