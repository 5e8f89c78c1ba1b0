#include "conf/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "conf/binds.h"
#include "conf/checks.h"
#include "conf/limits.h"
#include "conf/loops.h"
#include "conf/nearest.h"
#include "conf/tracks.h"
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

// Who asks for err and worse wants to see the sessions that failed; who wants events alone asks for
// notice, as HAProxy's users do.
void note_targets_without_sessions(const Config& config, std::vector<Mistake>& notes) {
  const auto separates = [](const Frontend& frontend) { return frontend.log.separate_errors; };
  if (std::ranges::any_of(config.frontends, separates)) return;
  for (const LogTarget& target : config.global.logs) {
    if (target.level != LogLevel::kErr) continue;
    notes.push_back({target.place.file, target.place.line, "global.log",
                     "level err leaves out every session, as all are of level info: to have those "
                     "that failed set separate_errors in the log of defaults or a frontend"});
  }
}

}  // namespace

void validate(Reading& reading, bool complete, std::vector<Mistake>& mistakes) {
  Config& config = reading.config;
  note_targets_without_sessions(config, reading.notes);
  note_idle_settings(config, reading.notes);
  if (complete) check_backends_exist(config, mistakes);
  check_sources(config, mistakes);
  settle_binds(config, mistakes);
  check_loops(config, mistakes);
  check_server_limits(config, mistakes);
  check_health(config, mistakes);
  check_tracks(config, complete, mistakes);
  if (mistakes.empty()) settle_fullconn(config, mistakes);
}

}  // namespace conf
