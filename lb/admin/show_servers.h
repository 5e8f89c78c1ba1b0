#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "lb/admin/answer.h"
#include "lb/telemetry/snapshot.h"

namespace lb::admin {

// `show servers state` and `show servers conn`, of the backend with that name or #number, or of all
// when it is empty. Rendered some lines at a time.
[[nodiscard]] Producer render_states(std::shared_ptr<const telemetry::Snapshot> snapshot,
                                     std::string backend);
[[nodiscard]] Producer render_connections(std::shared_ptr<const telemetry::Snapshot> snapshot,
                                          std::string backend);

// What `show servers state` is made of: its first two lines, and the line of one server.
[[nodiscard]] std::string_view state_header();
void append_state(std::string& out, const telemetry::BackendStat& backend,
                  const telemetry::ServerStat& server);

}  // namespace lb::admin
