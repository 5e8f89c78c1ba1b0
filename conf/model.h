#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/address.h"
#include "conf/admin.h"
#include "conf/balance.h"
#include "conf/check.h"
#include "conf/log.h"
#include "conf/place.h"

// What the operator asked for, whichever language he wrote it in. A reader writes every default
// out, so nothing after it asks what was absent. Plain values; const once read.
namespace conf {

using Microseconds = std::chrono::microseconds;
using Milliseconds = std::chrono::milliseconds;

// A timeout that never fires. Readers refuse finite ones above 24 days, so adding one to a clock is
// safe.
inline constexpr Milliseconds kInfinite = Milliseconds::max();

struct Global {
  std::uint32_t threads = 0;   // workers, at most 64; 0: one per core
  Microseconds busy_poll{0};   // a worker looks for events so long before it sleeps
  std::uint32_t maxconn = 0;   // sessions of the process; 0: derived from the descriptor limit
  std::uint32_t maxpipes = 0;  // pipes for splicing, over all workers; 0: derived from maxconn
  std::string user;            // dropped to after binding when started as root; empty: stay
  std::string group;           // empty: the user's own group
  std::vector<LogTarget> logs = {LogTarget{}};
  std::vector<AdminSocket> admin;  // where the runtime API is spoken
  std::string state_file;          // keeps what operators have changed; empty: a restart forgets it
  std::optional<Milliseconds> stop_deadline;  // set: TERM and INT drain for this long, then cut
};

// Socket options, for both sides of a session.
struct Tcp {
  bool nodelay = true;
  bool keepalive = true;
  Milliseconds user_timeout =
      std::chrono::minutes{2};  // unacknowledged for so long: dead; kInfinite: the kernel's
  bool splice = true;           // move bulk by splice(2) where the kernel allows
};

// A bind whose clients say in a PROXY protocol header whose connection theirs is.
struct AcceptProxy {
  std::vector<Network> from;  // only these clients, others speak for themselves; empty: all
};

struct Bind {
  Address address;
  std::uint32_t backlog = 4096;
  std::optional<std::uint32_t> mode;  // permissions of a UNIX socket
  bool v6only = false;  // set by the reader for [::] beside its IPv4 twin, or asked for
  std::optional<AcceptProxy> accept_proxy;
  Place place;
};

struct Frontend {
  std::string name;
  std::vector<Bind> binds;
  std::uint32_t maxconn = 0;          // 0: only the process's limit
  std::vector<Network> allow;         // empty: everybody; UNIX clients are always let in
  std::vector<Network> deny;          // wins over allow
  std::uint32_t max_per_source = 0;   // open sessions of one client address; 0: no limit
  std::uint32_t rate_limit = 0;       // new sessions a second; more of them wait; 0: no limit
  std::uint32_t rate_per_source = 0;  // of one client address; more of them are refused
  std::string backend;
  Place backend_place;  // where `backend` is chosen
  Milliseconds client_timeout = std::chrono::hours{1};
  std::optional<Milliseconds>
      client_fin_timeout;  // unset: client_timeout goes on after a half-close
  Milliseconds client_hs_timeout = std::chrono::seconds{5};  // for a PROXY protocol header
  Tcp tcp;
  SessionLog log;
  Place place;
};

// The PROXY protocol header that a server is sent ahead of the client's bytes. The options are of
// version 2 only.
struct SendProxy {
  enum class Version : std::uint8_t { kV1, kV2 };
  Version version = Version::kV1;
  bool crc32c = false;     // a checksum of the header
  bool unique_id = false;  // the client's unique id, or else the session's number
  bool authority = false;  // the host name that the client's own header told
  friend bool operator==(const SendProxy&, const SendProxy&) = default;
};

struct Server {
  std::string name;
  std::uint32_t id = 0;  // unique in its backend, from 1
  std::optional<Address>
      address;                 // unset: its name did not resolve and `init_addr: none` allows that
  std::string host;            // as written, when it is a name
  std::uint32_t weight = 1;    // 0..256; 0: no new sessions
  std::uint32_t maxconn = 0;   // 0: no limit
  std::uint32_t minconn = 0;   // the limit of a quiet backend, at most maxconn; 0: always maxconn
  std::uint32_t maxqueue = 0;  // of those who wait for this very server; 0: no limit
  Milliseconds slow_start{0};  // weight and maxconn rise for so long once it serves; 0: at once
  bool slow_start_at_start = false;  // also when the process starts
  bool backup = false;
  bool disabled = false;
  std::optional<SendProxy> send_proxy;
  std::optional<Check> check;  // never together with `track`
  std::optional<AgentCheck> agent;
  std::optional<Observe> observe;  // without a check only to eject
  std::optional<Track> track;      // a server that exists and is checked, or tracks one that is
  OnMarkedDown on_marked_down = OnMarkedDown::kKeep;
  OnMarkedUp on_marked_up = OnMarkedUp::kKeep;
  Place place;
};

// When servers are out for what sessions have met, without a check's word.
struct Ejection {
  Milliseconds time =
      std::chrono::seconds{10};  // the first time; it doubles with each that follows
  Milliseconds longest = std::chrono::minutes{5};
  std::uint32_t most = 30;  // servers at a time, in percent of the backend's, rounded down but to 1
};

// How the sessions of a server end that is drained.
struct Drain {
  std::optional<Milliseconds> deadline;  // none is left then; unset: they end by themselves
  Milliseconds quiet_time =
      std::chrono::milliseconds{250};        // one that is still for so long is closed first
  std::uint32_t pace = 0;                    // closed a second at most; 0: as the deadline wants it
  std::optional<Milliseconds> idle_timeout;  // of sessions, while their server is drained
};

// Sessions of servers that have more than their share are closed, so that their clients come to
// those that have less, when servers have come into service or are heavier.
struct Rebalance {
  std::uint32_t to = 10;    // percent that a server may be off its share; begun at twice as much
  std::uint32_t pace = 50;  // closed a second at most
  Milliseconds after = std::chrono::seconds{30};  // without another change
};

// How old a session may get: it is closed between `limit` and `jitter` percent more at the next
// quiet moment, and a tenth of the limit, or the jitter if that is more, later in any case.
struct SessionAge {
  Milliseconds limit{0};
  std::uint32_t jitter = 10;  // 0..100
};

struct Backend {
  std::string name;
  Balance balance;
  bool all_backups = false;  // they serve together; otherwise the first usable one
  // Sessions at which a server with a minconn has its maxconn; never 0 where there is one.
  std::uint32_t fullconn = 0;
  std::vector<Address> sources;  // connect from these in turn, port 0; empty: the kernel chooses
  std::vector<Server> servers;   // in the order of the file, never empty
  std::uint32_t retries = 3;     // further attempts after the first
  // Which retries may go to another server: 0 none, n > 0 every n-th, n < 0 the n-th from last.
  std::int32_t redispatch = 1;
  std::uint32_t retry_budget = 0;  // retries per 100 sessions; 0: no bound
  Ejection ejection;
  // Connecting takes longer than this on average: the server's weight is lowered in steps.
  std::optional<Milliseconds> slow_limit;
  Drain drain;
  std::optional<Rebalance> rebalance;         // unset: only by command
  std::optional<SessionAge> max_session_age;  // unset: any
  bool log_health_checks = false;  // each result that changes something, not the flips alone
  bool abort_on_close = false;     // a client that has sent its FIN while waiting is not served
  Milliseconds connect_timeout = std::chrono::seconds{5};
  Milliseconds server_timeout = std::chrono::hours{1};
  Milliseconds queue_timeout = std::chrono::seconds{30};
  std::optional<Milliseconds> server_fin_timeout;
  Tcp tcp;
  Place place;
};

struct Config {
  Global global;
  std::vector<Frontend> frontends;
  std::vector<Backend> backends;
};

}  // namespace conf
