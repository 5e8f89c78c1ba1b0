#include "conf/yaml/backend.h"

#include "conf/value.h"
#include "conf/yaml/balance.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/servers.h"
#include "conf/yaml/tcp.h"

namespace conf::yaml {
namespace {

struct Draft {
  Backend backend;
  Server server_defaults;
};

void read_source(const Cursor& at, Draft& draft) {
  for (const auto& item : at.items()) {
    const auto text = item.text("an address without a port such as 10.0.0.9");
    if (!text) continue;
    if (const auto address = parse_ip(*text)) {
      draft.backend.sources.push_back(*address);
    } else {
      item.mistake(
          fmt::format("must be an address without a port such as 10.0.0.9, is {}", quoted(*text)));
    }
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

// `server_defaults` is read before the servers that take them over.
constexpr Field<Draft> kBackend[] = {
    {"balance", "roundrobin",
     [](const Cursor& at, Draft& draft) { read_balance(at, draft.backend); }, list_balance_keys},
    {"source", kUnset, read_source},
    {"timeouts", kNoDefault, kMapping<kTimeouts>, list_fields<kTimeouts>},
    {"tcp", kNoDefault, [](const Cursor& at, Draft& draft) { read_tcp(at, draft.backend.tcp); },
     list_inherited_tcp_keys},
    {"retries", kInherited, kSetBackend<&Backend::retries, number_at<0, kMostRetries>>},
    {"abort_on_close", "false", kSetBackend<&Backend::abort_on_close, switch_at>},
    {"server_defaults", kNoDefault,
     [](const Cursor& at, Draft& draft) { read_server_defaults(at, draft.server_defaults); },
     list_server_defaults_keys},
    {"servers", kRequired,
     [](const Cursor& at, Draft& draft) {
       read_servers(at, draft.server_defaults, draft.backend.servers);
     },
     list_servers_keys, R"(servers: {s1: "10.0.0.1:80"})"},
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
  read_fields(at, kBackend, draft);
  return std::move(draft.backend);
}

void list_backend_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kBackend>(prefix, keys);
}

}  // namespace conf::yaml
