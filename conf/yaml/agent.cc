#include "conf/yaml/agent.h"

#include <fmt/format.h>

#include <string_view>

#include "conf/value.h"
#include "conf/yaml/check_text.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr Field<AgentCheck> kAgent[] = {
    {"port", kUnset, kSet<&AgentCheck::port, port_at>},
    {"address", kUnset, kSet<&AgentCheck::address, ip_at>},
    {"interval", "2s", kSet<&AgentCheck::interval, duration_within<1, kLongestMs>>},
    {"send", kUnset, kSet<&AgentCheck::send, bytes_at>},
};

}  // namespace

void read_agent(const Cursor& at, AgentDraft& draft) {
  draft.on = true;
  if (at.is_mapping()) {
    read_fields(at, kAgent, draft.agent);
    return;
  }
  constexpr std::string_view kExpected = "none, true, or a mapping such as {port: 9001}";
  const auto text = at.text(kExpected);
  if (!text) return;
  const auto on = *text == "none" ? std::optional(false) : parse_switch(*text);
  if (on) {
    draft.on = *on;
  } else {
    at.mistake(fmt::format("must be {}, is {}", kExpected, quoted(*text)));
  }
}

void list_agent_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kAgent>(prefix, keys);
}

}  // namespace conf::yaml
