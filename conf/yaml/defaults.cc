#include "conf/yaml/defaults.h"

#include "conf/yaml/leaf.h"
#include "conf/yaml/rate.h"
#include "conf/yaml/session_log.h"
#include "conf/yaml/tcp.h"

namespace conf::yaml {
namespace {

void read_idle(const Cursor& at, Defaults& defaults) {
  if (const auto idle = timeout_at(at)) defaults.client = defaults.server = *idle;
}

// `idle` is read first: beside it `client` and `server` have the last word.
constexpr Field<Defaults> kTimeouts[] = {
    {"idle", kUnset, read_idle},
    {"connect", "5s", kSet<&Defaults::connect, timeout_at>},
    {"client", "1h", kSet<&Defaults::client, timeout_at>},
    {"server", "1h", kSet<&Defaults::server, timeout_at>},
    {"queue", "30s", kSet<&Defaults::queue, timeout_at>},
    {"client_hs", "5s", kSet<&Defaults::client_hs, timeout_at>},
    {"client_fin", kUnset, kSet<&Defaults::client_fin, timeout_at>},
    {"server_fin", kUnset, kSet<&Defaults::server_fin, timeout_at>},
};

constexpr Field<Defaults> kDefaults[] = {
    {"timeouts", kNoDefault, kMapping<kTimeouts>, list_fields<kTimeouts>},
    {"tcp", kNoDefault, [](const Cursor& at, Defaults& out) { read_tcp(at, out.tcp); },
     list_tcp_keys},
    {"log", kNoDefault, [](const Cursor& at, Defaults& out) { read_session_log(at, out.log); },
     list_session_log_keys},
    {"retries", "3", kSet<&Defaults::retries, number_at<0, kMostRetries>>},
    {"redispatch", "1", kSet<&Defaults::redispatch, signed_number_at<kMostRetries>>},
    {"retry_budget", "none", kSet<&Defaults::retry_budget, percentage_at>},
};

}  // namespace

void read_defaults(const Cursor& at, Defaults& defaults) { read_fields(at, kDefaults, defaults); }

void list_defaults_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kDefaults>(prefix, keys);
}

}  // namespace conf::yaml
