#pragma once

#include "conf/model.h"
#include "conf/yaml/agent.h"
#include "conf/yaml/check.h"
#include "conf/yaml/observe.h"

namespace conf::yaml {

// How a server is watched while it is read, or server_defaults are.
struct HealthDraft {
  CheckDraft check;
  AgentDraft agent;
  ObserveDraft observe;
  bool own_check = false;  // said by this very mapping, not inherited
};

// "app/s1", or "s1" with an empty backend, which stands for the server's own.
[[nodiscard]] std::optional<Track> track_at(const Cursor& at);

[[nodiscard]] std::optional<OnMarkedDown> on_marked_down_at(const Cursor& at);
[[nodiscard]] std::optional<OnMarkedUp> on_marked_up_at(const Cursor& at);

// Writes what was read into the server, whose other keys are known. One that tracks another has no
// check that it has inherited.
void settle_health(const HealthDraft& draft, Server& server);

}  // namespace conf::yaml
