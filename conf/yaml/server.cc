#include "conf/yaml/server.h"

#include <optional>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/proxy_protocol.h"
#include "conf/yaml/server_address.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kHeaviest = 256;
constexpr std::uint32_t kLastId = 2'147'483'647;

// Whether a name that does not resolve is a mistake.
void read_init_addr(const Cursor& at, ServerDraft& draft) {
  const auto text = at.text("libc or none");
  if (!text) return;
  draft.may_be_unknown = *text == "none";
  if (*text != "none" && *text != "libc") {
    at.mistake(fmt::format("must be libc or none, is {}", quoted(*text)));
  }
}

void read_address(const Cursor& at, ServerDraft& draft) {
  read_server_address(at, draft.may_be_unknown, draft.server);
}

constexpr auto kSlowStart = duration_within<0, kLongestMs>;

template <auto kMember, auto kLeaf>
constexpr auto kSetServer =
    [](const Cursor& at, ServerDraft& draft) { kSet<kMember, kLeaf>(at, draft.server); };

void read_at_start(const Cursor& at, ServerDraft& draft) {
  kSet<&Server::slow_start_at_start, switch_at>(at, draft.server);
  draft.at_start = at;
}

void read_send_proxy_of(const Cursor& at, ServerDraft& draft) { read_send_proxy(at, draft.server); }

void read_check_of(const Cursor& at, ServerDraft& draft) {
  read_check(at, draft.health.check);
  draft.health.own_check = true;
}

void read_agent_of(const Cursor& at, ServerDraft& draft) { read_agent(at, draft.health.agent); }

template <auto kRead>
constexpr auto kObserve =
    [](const Cursor& at, ServerDraft& draft) { kRead(at, draft.health.observe); };

// The keys of `check` and `agent` are those of the backend, and listed there alone.
constexpr Field<ServerDraft> kServerDefaults[] = {
    {"weight", "1", kSetServer<&Server::weight, number_at<0, kHeaviest>>},
    {"maxconn", "0", kSetServer<&Server::maxconn, number_at<0, kMostSessions>>},
    {"minconn", "0", kSetServer<&Server::minconn, number_at<0, kMostSessions>>},
    {"maxqueue", "0", kSetServer<&Server::maxqueue, number_at<0, kMostSessions>>},
    {"slow_start", "0", kSetServer<&Server::slow_start, kSlowStart>},
    {"slow_start_at_start", "false", read_at_start},
    {"backup", "false", kSetServer<&Server::backup, switch_at>},
    {"disabled", "false", kSetServer<&Server::disabled, switch_at>},
    {"send_proxy", "none", read_send_proxy_of, list_send_proxy_keys},
    {"check", kInherited, read_check_of},
    {"agent", kInherited, read_agent_of},
    {"observe", "none", kObserve<read_observe>},
    {"error_limit", "10", kObserve<read_error_limit>},
    {"on_error", kUnset, kObserve<read_on_error>},
    {"on_marked_down", "keep", kSetServer<&Server::on_marked_down, on_marked_down_at>},
    {"on_marked_up", "keep", kSetServer<&Server::on_marked_up, on_marked_up_at>},
};

// `init_addr` is read before the address, which depends on it.
constexpr Field<ServerDraft> kServer[] = {
    {"init_addr", "libc", read_init_addr},
    {"address", kRequired, read_address, nullptr, R"(address: "10.0.0.1:80")"},
    {"weight", kInherited, kSetServer<&Server::weight, number_at<0, kHeaviest>>},
    {"maxconn", kInherited, kSetServer<&Server::maxconn, number_at<0, kMostSessions>>},
    {"minconn", kInherited, kSetServer<&Server::minconn, number_at<0, kMostSessions>>},
    {"maxqueue", kInherited, kSetServer<&Server::maxqueue, number_at<0, kMostSessions>>},
    {"slow_start", kInherited, kSetServer<&Server::slow_start, kSlowStart>},
    {"slow_start_at_start", kInherited, read_at_start},
    {"backup", kInherited, kSetServer<&Server::backup, switch_at>},
    {"disabled", kInherited, kSetServer<&Server::disabled, switch_at>},
    {"send_proxy", kInherited, read_send_proxy_of, list_send_proxy_keys},
    {"track", kUnset, kSetServer<&Server::track, track_at>},
    {"check", kInherited, read_check_of},
    {"agent", kInherited, read_agent_of},
    {"observe", kInherited, kObserve<read_observe>},
    {"error_limit", kInherited, kObserve<read_error_limit>},
    {"on_error", kInherited, kObserve<read_on_error>},
    {"on_marked_down", kInherited, kSetServer<&Server::on_marked_down, on_marked_down_at>},
    {"on_marked_up", kInherited, kSetServer<&Server::on_marked_up, on_marked_up_at>},
    {"id", kUnset, kSetServer<&Server::id, number_at<1, kLastId>>},
};

}  // namespace

void read_server_defaults(const Cursor& at, ServerDraft& defaults) {
  read_fields(at, kServerDefaults, defaults);
}

void list_server_defaults_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kServerDefaults>(prefix, keys);
}

void note_no_slow_start(const ServerDraft& draft) {
  if (draft.at_start && draft.server.slow_start_at_start)
    draft.at_start->note("has no effect without slow_start: write slow_start: 30s");
}

Server read_server(const Cursor& at, std::string_view name, const ServerDraft& defaults) {
  ServerDraft draft = defaults;
  draft.server.name = name;
  draft.server.place = at.place();
  draft.health.own_check = false;
  draft.health.observe.setting.reset();
  draft.at_start.reset();
  if (at.is_mapping()) {
    read_fields(at, kServer, draft);
  } else {
    read_address(at, draft);
  }
  settle_health(draft.health, draft.server);
  if (!draft.server.observe) note_unobserved(draft.health.observe);
  if (draft.server.slow_start == Milliseconds{0}) note_no_slow_start(draft);
  return std::move(draft.server);
}

void list_server_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kServer>(prefix, keys);
}

}  // namespace conf::yaml
