#include "conf/yaml/frontend.h"

#include "conf/yaml/bind.h"
#include "conf/yaml/leaf.h"
#include "conf/yaml/networks.h"
#include "conf/yaml/rate.h"
#include "conf/yaml/session_log.h"
#include "conf/yaml/tcp.h"

namespace conf::yaml {
namespace {

// An empty list would let everybody in, which is not what naming one means.
void read_allow(const Cursor& at, Frontend& frontend) {
  const auto before = at.mistakes();
  frontend.allow = networks_at(at);
  if (frontend.allow.empty() && at.mistakes() == before) {
    at.mistake("holds no network: add one, or leave allow out to let everybody in");
  }
}

void read_deny(const Cursor& at, Frontend& frontend) { frontend.deny = networks_at(at); }

void read_backend_name(const Cursor& at, Frontend& frontend) {
  frontend.backend = at.text("the name of a backend").value_or("");
  frontend.backend_place = at.place();
}

constexpr Field<Frontend> kTimeouts[] = {
    {"client", kInherited, kSet<&Frontend::client_timeout, timeout_at>},
    {"client_hs", kInherited, kSet<&Frontend::client_hs_timeout, timeout_at>},
    {"client_fin", kInherited, kSet<&Frontend::client_fin_timeout, timeout_at>},
};

constexpr Field<Frontend> kFrontend[] = {
    {"bind", kRequired, read_binds, list_bind_keys, R"(bind: "0.0.0.0:80")"},
    {"maxconn", "0", kSet<&Frontend::maxconn, number_at<0, kMostSessions>>},
    {"allow", kUnset, read_allow},
    {"deny", kUnset, read_deny},
    {"max_per_source", "0", kSet<&Frontend::max_per_source, number_at<0, kMostSessions>>},
    {"rate_limit", "none", kSet<&Frontend::rate_limit, rate_at>},
    {"rate_per_source", "none", kSet<&Frontend::rate_per_source, rate_at>},
    {"backend", kRequired, read_backend_name, nullptr, "the backend that its clients go to"},
    {"timeouts", kNoDefault, kMapping<kTimeouts>, list_fields<kTimeouts>},
    {"tcp", kNoDefault, [](const Cursor& at, Frontend& out) { read_tcp(at, out.tcp); },
     list_inherited_tcp_keys},
    {"log", kNoDefault, [](const Cursor& at, Frontend& out) { read_session_log(at, out.log); },
     list_inherited_session_log_keys},
};

}  // namespace

Frontend read_frontend(const Cursor& at, std::string_view name, const Defaults& defaults) {
  Frontend frontend;
  frontend.name = name;
  frontend.place = at.place();
  frontend.client_timeout = defaults.client;
  frontend.client_fin_timeout = defaults.client_fin;
  frontend.client_hs_timeout = defaults.client_hs;
  frontend.tcp = defaults.tcp;
  frontend.log = defaults.log;
  read_fields(at, kFrontend, frontend);
  return frontend;
}

void list_frontend_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kFrontend>(prefix, keys);
}

}  // namespace conf::yaml
