#include "conf/yaml/server_health.h"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>

#include "conf/value.h"
#include "conf/yaml/choice.h"

namespace conf::yaml {
namespace {

constexpr Choices<OnMarkedDown, 3> kOnMarkedDown = {
    {{"keep", OnMarkedDown::kKeep},
     {"shutdown_sessions", OnMarkedDown::kShutdownSessions},
     {"drain", OnMarkedDown::kDrain}}};

constexpr Choices<OnMarkedUp, 2> kOnMarkedUp = {
    {{"keep", OnMarkedUp::kKeep},
     {"shutdown_backup_sessions", OnMarkedUp::kShutdownBackupSessions}}};

}  // namespace

std::optional<Track> track_at(const Cursor& at) {
  constexpr std::string_view kExpected = "a server such as app/s1, or s1 of the same backend";
  const auto text = at.text(kExpected);
  if (!text) return std::nullopt;
  const std::size_t slash = text->find('/');
  if (slash == std::string::npos) return Track{.backend = {}, .server = *text};
  Track track{.backend = text->substr(0, slash), .server = text->substr(slash + 1)};
  if (!track.backend.empty() && !track.server.empty()) return track;
  at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  return std::nullopt;
}

std::optional<OnMarkedDown> on_marked_down_at(const Cursor& at) {
  return choice_at<kOnMarkedDown>(at);
}

std::optional<OnMarkedUp> on_marked_up_at(const Cursor& at) { return choice_at<kOnMarkedUp>(at); }

void settle_health(const HealthDraft& draft, Server& server) {
  if (draft.own_check || !server.track) server.check = check_of(draft.check, server);
  if (draft.agent.on) server.agent = draft.agent.agent;
  server.observe = observe_of(draft.observe, server.check.has_value());
}

}  // namespace conf::yaml
