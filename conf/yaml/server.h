#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"
#include "conf/yaml/server_health.h"

namespace conf::yaml {

// A server while it is read, or what servers begin with.
struct ServerDraft {
  Server server;
  HealthDraft health;
  bool may_be_unknown = false;          // a name that does not resolve is no mistake
  std::optional<Cursor> at_start = {};  // where slow_start_at_start is written
};

// Says that the draft's slow_start_at_start has no effect, if it is written there and asks for
// something.
void note_no_slow_start(const ServerDraft& draft);

// `server_defaults`: what the servers of a backend have unless they say otherwise. `defaults` begin
// with what the backend says of its servers' health.
void read_server_defaults(const Cursor& at, ServerDraft& defaults);
void list_server_defaults_keys(const std::string& prefix, std::vector<KnownKey>& keys);

// One server, an address as text or a mapping. Without an `id` of its own its id is 0.
[[nodiscard]] Server read_server(const Cursor& at, std::string_view name,
                                 const ServerDraft& defaults);
void list_server_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
