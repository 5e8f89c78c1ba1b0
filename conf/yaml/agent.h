#pragma once

#include <optional>
#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// `agent` of a backend, its server_defaults or a server while it is read: each begins as a copy of
// the one above it. Its port may come last, so that a missing one is not seen here.
struct AgentDraft {
  bool on = false;
  AgentCheck agent;
};

// none or false, true, or a mapping of what is to be different.
void read_agent(const Cursor& at, AgentDraft& draft);
void list_agent_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
