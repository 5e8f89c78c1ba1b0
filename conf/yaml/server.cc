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

struct Draft {
  Server server;
  bool may_be_unknown = false;
};

// Whether a name that does not resolve is a mistake.
void read_init_addr(const Cursor& at, Draft& draft) {
  const auto text = at.text("libc or none");
  if (!text) return;
  draft.may_be_unknown = *text == "none";
  if (*text != "none" && *text != "libc") {
    at.mistake(fmt::format("must be libc or none, is {}", quoted(*text)));
  }
}

void read_address(const Cursor& at, Draft& draft) {
  read_server_address(at, draft.may_be_unknown, draft.server);
}

constexpr Field<Server> kServerDefaults[] = {
    {"weight", "1", kSet<&Server::weight, number_at<0, kHeaviest>>},
    {"maxconn", "0", kSet<&Server::maxconn, number_at<0, kMostSessions>>},
    {"backup", "false", kSet<&Server::backup, switch_at>},
    {"disabled", "false", kSet<&Server::disabled, switch_at>},
    {"send_proxy", "none", read_send_proxy, list_send_proxy_keys},
};

template <auto kMember, auto kLeaf>
constexpr auto kSetServer =
    [](const Cursor& at, Draft& draft) { kSet<kMember, kLeaf>(at, draft.server); };

// `init_addr` is read before the address, which depends on it.
constexpr Field<Draft> kServer[] = {
    {"init_addr", "libc", read_init_addr},
    {"address", kRequired, read_address, nullptr, R"(address: "10.0.0.1:80")"},
    {"weight", kInherited, kSetServer<&Server::weight, number_at<0, kHeaviest>>},
    {"maxconn", kInherited, kSetServer<&Server::maxconn, number_at<0, kMostSessions>>},
    {"backup", kInherited, kSetServer<&Server::backup, switch_at>},
    {"disabled", kInherited, kSetServer<&Server::disabled, switch_at>},
    {"send_proxy", kInherited,
     [](const Cursor& at, Draft& draft) { read_send_proxy(at, draft.server); },
     list_send_proxy_keys},
    {"id", kUnset, kSetServer<&Server::id, number_at<1, kLastId>>},
};

}  // namespace

void read_server_defaults(const Cursor& at, Server& defaults) {
  read_fields(at, kServerDefaults, defaults);
}

void list_server_defaults_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kServerDefaults>(prefix, keys);
}

Server read_server(const Cursor& at, std::string_view name, const Server& defaults) {
  Draft draft{.server = defaults};
  draft.server.name = name;
  draft.server.place = at.place();
  if (at.is_mapping()) {
    read_fields(at, kServer, draft);
  } else {
    read_address(at, draft);
  }
  return std::move(draft.server);
}

void list_server_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kServer>(prefix, keys);
}

}  // namespace conf::yaml
