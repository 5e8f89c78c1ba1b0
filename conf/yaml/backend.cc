#include "conf/yaml/backend.h"

#include <algorithm>

#include "conf/yaml/balance.h"
#include "conf/yaml/drain.h"
#include "conf/yaml/ejection.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/max_session_age.h"
#include "conf/yaml/rate.h"
#include "conf/yaml/rebalance.h"
#include "conf/yaml/servers.h"
#include "conf/yaml/tcp.h"

namespace conf::yaml {
namespace {

struct Draft {
  Backend backend;
  ServerDraft server_defaults;
};

void read_source(const Cursor& at, Draft& draft) {
  for (const auto& item : at.items()) {
    if (const auto address = ip_at(item)) draft.backend.sources.push_back(*address);
  }
}

template <auto kMember, auto kLeaf>
constexpr auto kSetBackend =
    [](const Cursor& at, Draft& draft) { kSet<kMember, kLeaf>(at, draft.backend); };

constexpr Field<Draft> kTimeouts[] = {
    {"connect", kInherited, kSetBackend<&Backend::connect_timeout, timeout_at>},
    {"server", kInherited, kSetBackend<&Backend::server_timeout, timeout_at>},
    {"queue", kInherited, kSetBackend<&Backend::queue_timeout, timeout_at>},
    {"server_fin", kInherited, kSetBackend<&Backend::server_fin_timeout, timeout_at>},
};

void read_check_of(const Cursor& at, Draft& draft) {
  read_check(at, draft.server_defaults.health.check);
}

void read_agent_of(const Cursor& at, Draft& draft) {
  read_agent(at, draft.server_defaults.health.agent);
}

void read_servers_of(const Cursor& at, Draft& draft) {
  auto& servers = draft.backend.servers;
  read_servers(at, draft.server_defaults, servers);
  for (auto& server : servers) {
    if (server.track && server.track->backend.empty()) server.track->backend = draft.backend.name;
  }
  if (std::ranges::none_of(servers, [](const Server& it) { return it.observe.has_value(); }))
    note_unobserved(draft.server_defaults.health.observe);
  const auto starts_slowly = [](const Server& it) { return it.slow_start > Milliseconds{0}; };
  if (std::ranges::none_of(servers, starts_slowly)) note_no_slow_start(draft.server_defaults);
}

template <auto kRead>
constexpr auto kOfBackend = [](const Cursor& at, Draft& draft) { kRead(at, draft.backend); };

// `check`, `agent` and then `server_defaults` are read before the servers that take them over,
// `balance` and ejection after those that they are to suit.
constexpr Field<Draft> kBackend[] = {
    {"all_backups", "false", kSetBackend<&Backend::all_backups, switch_at>},
    {"fullconn", "auto", kSetBackend<&Backend::fullconn, auto_or_number_at<kMostSessions>>},
    {"source", kUnset, read_source},
    {"timeouts", kNoDefault, kMapping<kTimeouts>, list_fields<kTimeouts>},
    {"tcp", kNoDefault, [](const Cursor& at, Draft& draft) { read_tcp(at, draft.backend.tcp); },
     list_inherited_tcp_keys},
    {"retries", kInherited, kSetBackend<&Backend::retries, number_at<0, kMostRetries>>},
    {"redispatch", kInherited, kSetBackend<&Backend::redispatch, signed_number_at<kMostRetries>>},
    {"retry_budget", kInherited, kSetBackend<&Backend::retry_budget, percentage_at>},
    {"abort_on_close", "false", kSetBackend<&Backend::abort_on_close, switch_at>},
    {"log_health_checks", "false", kSetBackend<&Backend::log_health_checks, switch_at>},
    {"drain", kNoDefault,
     [](const Cursor& at, Draft& draft) { read_drain(at, draft.backend.drain); }, list_drain_keys},
    {"rebalance", kUnset, kOfBackend<read_rebalance>, list_rebalance_keys},
    {"max_session_age", kUnset, kOfBackend<read_max_session_age>, list_max_session_age_keys},
    {"slow_limit", kUnset, kSetBackend<&Backend::slow_limit, duration_within<1, kLongestMs>>},
    {"check", "none", read_check_of, list_check_keys},
    {"agent", "none", read_agent_of, list_agent_keys},
    {"server_defaults", kNoDefault,
     [](const Cursor& at, Draft& draft) { read_server_defaults(at, draft.server_defaults); },
     list_server_defaults_keys},
    {"servers", kRequired, read_servers_of, list_servers_keys, R"(servers: {s1: "10.0.0.1:80"})"},
    {"balance", "roundrobin", kOfBackend<read_balance>, list_balance_keys},
    {"max_ejected", "30%", kOfBackend<read_max_ejected>},
    {"ejection_time", "10s", kOfBackend<read_ejection_time>},
    {"longest_ejection", "5m", kOfBackend<read_longest_ejection>},
};

}  // namespace

Backend read_backend(const Cursor& at, std::string_view name, const Defaults& defaults) {
  Draft draft;
  draft.backend.name = name;
  draft.backend.place = at.place();
  draft.backend.connect_timeout = defaults.connect;
  draft.backend.server_timeout = defaults.server;
  draft.backend.queue_timeout = defaults.queue;
  draft.backend.server_fin_timeout = defaults.server_fin;
  draft.backend.tcp = defaults.tcp;
  draft.backend.retries = defaults.retries;
  draft.backend.redispatch = defaults.redispatch;
  draft.backend.retry_budget = defaults.retry_budget;
  read_fields(at, kBackend, draft);
  return std::move(draft.backend);
}

void list_backend_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kBackend>(prefix, keys);
}

}  // namespace conf::yaml
