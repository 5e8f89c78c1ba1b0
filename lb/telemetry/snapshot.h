#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/address.h"

// What the process is doing, at one moment, as plain values: for `show stat` and its kin, which
// only render it. In HAProxy's terms (management.txt, `show stat`).
namespace lb::telemetry {

// What only grows. What does not apply to something is 0 there.
struct Totals {
  std::uint64_t connections = 0;         // conn_tot
  std::uint64_t sessions = 0;            // stot
  std::uint64_t bytes_in = 0;            // bin
  std::uint64_t bytes_out = 0;           // bout
  std::uint64_t denied_connections = 0;  // dcon
  std::uint64_t denied_sessions = 0;     // dses
  std::uint64_t failed_connects = 0;     // econ
  std::uint64_t failed_responses = 0;    // eresp
  std::uint64_t retries = 0;             // wretr
  std::uint64_t redispatches = 0;        // wredis
  std::uint64_t chosen = 0;              // lbtot
  std::uint64_t connects = 0;            // connect
  std::uint64_t client_aborts = 0;       // cli_abrt
  std::uint64_t server_aborts = 0;       // srv_abrt
  std::uint64_t failed_checks = 0;       // chkfail
  std::uint64_t downs = 0;               // chkdown

  Totals& operator+=(const Totals& other);
  Totals& operator-=(const Totals& other);
};

// A gauge and the most that it was.
struct Gauge {
  std::uint64_t now = 0;
  std::uint64_t most = 0;
};

// Milliseconds, of the last sessions that had a connection.
struct MeanTimes {
  Gauge queue;  // on average, and the most
  Gauge connect;
  Gauge total;
};

struct FrontendStat {
  std::string name;
  std::uint32_t iid = 0;
  std::string status = "OPEN";  // or "PAUSED", "STOP"
  Gauge sessions;
  std::uint32_t limit = 0;
  std::uint32_t rate_limit = 0;
  Gauge session_rate;
  Gauge connection_rate;
  Totals totals;
};

// The latest word of a server's checks, or of its agent.
struct CheckStat {
  std::string status;  // "L4OK", "* L4OK" while the next one is under way
  bool ended = false;  // one has
  std::optional<std::uint32_t> code;
  std::uint64_t duration_ms = 0;
  std::string description;  // "Layer4 check passed"
  std::string last;         // "Connection refused"
  std::uint32_t rise = 0;
  std::uint32_t fall = 0;
  std::uint32_t health = 0;
  std::uint32_t number = 0;  // of the status: srv_check_status
  std::uint32_t result = 0;  // 1 neutral, 2 failed, 3 passed, 4 conditional: srv_check_result
};

struct ServerStat {
  std::string name;
  std::uint32_t sid = 0;
  std::string status;  // HAProxy's: "UP 1/3", "MAINT"
  bool up = true;
  bool stopping = false;
  bool starting = false;
  bool maintenance = false;
  bool disabled = false;  // so by the configuration
  bool unresolved = false;
  bool inherits_maintenance = false;  // from the server that it tracks
  bool inherits_drain = false;
  bool drain = false;
  bool backup = false;
  bool check_disabled = false;  // by hand
  bool checked = false;         // by a check of its own
  bool agent_disabled = false;  // by hand
  // What alone it is down for, if not for its health.
  bool down_by_agent = false;
  bool down_by_ejection = false;
  Gauge queue;
  Gauge sessions;
  std::uint32_t limit = 0;  // 0: none
  std::uint32_t initial_limit = 0;
  std::uint32_t queue_limit = 0;
  std::uint32_t weight = 0;       // effective
  std::uint32_t user_weight = 0;  // as configured, or as an operator set it
  std::uint32_t initial_weight = 0;
  std::optional<std::uint32_t> throttle;  // percent, in slow start
  std::string tracked;
  Gauge rate;
  std::uint64_t changed_s = 0;  // since the last change
  std::uint64_t down_s = 0;
  std::optional<std::uint64_t> last_session_s;
  MeanTimes times;
  std::optional<CheckStat> check;  // unset: none, or paused
  std::optional<CheckStat> agent;
  std::string host;  // "127.0.0.1", or a UNIX path
  std::uint32_t port = 0;
  std::string fqdn;                         // as configured, when it is a name
  std::string address;                      // "127.0.0.1:80"
  std::optional<conf::Address> moved_to;    // by an operator
  std::optional<conf::Address> moved_from;  // as configured
  std::uint32_t check_port = 0;
  std::string check_address;
  std::uint32_t agent_port = 0;
  std::string agent_address;
  Totals totals;
};

struct BackendStat {
  std::string name;
  std::uint32_t iid = 0;
  bool up = true;
  std::string algorithm;
  Gauge queue;  // of those who take any server
  Gauge sessions;
  std::uint32_t limit = 0;  // fullconn
  std::uint32_t weight = 0;
  std::uint32_t user_weight = 0;
  std::uint32_t active = 0;
  std::uint32_t backup = 0;
  Gauge rate;
  std::uint64_t changed_s = 0;
  std::uint64_t down_s = 0;
  std::optional<std::uint64_t> last_session_s;
  MeanTimes times;
  Totals totals;  // its servers' with it
  std::vector<ServerStat> servers;
};

struct ProcessStat {
  std::string version;
  std::uint32_t threads = 1;
  std::int64_t pid = 0;
  double uptime_s = 0;
  double started_s = 0;  // of the epoch
  std::uint64_t descriptors = 0;
  std::uint32_t maxconn = 0;
  std::uint32_t hard_maxconn = 0;
  std::uint32_t connection_rate_limit = 0;  // 0: none
  std::uint32_t session_rate_limit = 0;
  std::uint32_t sessions = 0;
  std::uint64_t connections = 0;  // since ever
  std::uint64_t admitted = 0;     // sessions
  std::uint32_t maxpipes = 0;
  Gauge connection_rate;
  Gauge session_rate;
  std::string node;
  bool stopping = false;
  std::uint32_t listeners = 0;
  bool busy_polling = false;
  std::uint64_t bytes_out = 0;
};

struct Snapshot {
  ProcessStat process;
  std::vector<FrontendStat> frontends;
  std::vector<BackendStat> backends;
};

}  // namespace lb::telemetry
