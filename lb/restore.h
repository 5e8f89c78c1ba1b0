#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

#include "conf/model.h"
#include "lb/check/restored.h"
#include "lb/drains.h"
#include "lb/engine.h"
#include "lb/state_text.h"

namespace lb {

// What of a stored server is in force again where it is configured like that now. As in HAProxy the
// configuration wins where it was changed: `disabled`, or the weight or limit that an operator
// changed.
[[nodiscard]] check::Restored restored_of(const StoredServer& stored, const conf::Server& config);

// The drain that goes on, with what is left of its time.
[[nodiscard]] std::optional<DrainWish> wish_of(const StoredServer& stored,
                                               std::chrono::system_clock::time_point now);

// Before the engine starts: its servers are what the text of a state file says. Whatever is wrong
// with it is told, and the rest used.
void restore(std::string_view text, Engine& engine,
             const std::function<void(telemetry::Level, std::string)>& note);

}  // namespace lb
