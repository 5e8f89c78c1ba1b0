#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "conf/address.h"
#include "conf/check_status.h"

// How the operator wants servers to be watched.
namespace conf {

// ---- what a check says and expects

// Opens a connection, to the server unless the step says otherwise. One that was open is closed.
struct CheckConnect {
  std::optional<std::uint16_t> port = {};
  std::optional<Address> address = {};  // its port is not used
  bool send_proxy = false;
  std::string comment = {};  // names the step in what is told of it
};

struct CheckSend {
  std::string bytes = {};
  std::string comment = {};
};

struct HttpHeader {
  std::string name = {};
  std::string value = {};
};

struct HttpRequest {
  std::string method = "OPTIONS";
  std::string path = "/";
  std::string version = "HTTP/1.0";
  std::vector<HttpHeader> headers = {};
  std::string body = {};
  std::string comment = {};
};

// What must have come, or must not. A step that has not got enough waits for more.
struct CheckExpect {
  enum class Match : std::uint8_t {
    kString,       // the bytes of `pattern` are in what came
    kRegex,        // a Perl-compatible one
    kBinary,       // as kString, told of in hexadecimal
    kBinaryRegex,  // over what came as upper-case hexadecimal digits
    // Of the answer to an HttpRequest:
    kStatus,       // one of `statuses`
    kStatusRegex,  // over its three digits
    kBody,         // kString over the body
    kBodyRegex,
  };
  Match match = Match::kString;
  bool negated = false;
  std::string pattern = {};  // bytes, or a regular expression that compiles
  std::vector<std::pair<std::uint32_t, std::uint32_t>> statuses = {};  // from, to
  // Bytes to wait for, upon which what is there is judged as all there is. Unset: what does not
  // decide yet waits for more.
  std::optional<std::uint32_t> min_recv = {};
  std::string comment = {};
  // What the check ends with if this step decides it.
  CheckStatus ok_status = CheckStatus::kL7Ok;
  std::optional<CheckStatus> error_status = {};  // unset: kL7Invalid; for a status kL7Wrong
  CheckStatus timeout_status = CheckStatus::kL7Timeout;
};

using CheckStep = std::variant<CheckConnect, CheckSend, HttpRequest, CheckExpect>;

enum class CheckKind : std::uint8_t {
  kTcp,  // the connection alone
  kScript,
  kHttp,
  kTlsHello,
  kRedis,
  kMysql,
  kPostgres,
  kSmtp,
  kLdap,
  kMqtt,
};

// What is said to the server. The same for all that share it.
struct CheckDialog {
  CheckKind kind = CheckKind::kTcp;
  std::vector<CheckStep> steps = {};  // kScript, kHttp
  bool disable_on_404 = false;        // kHttp: a 404 is well, and wants no new sessions
  std::string user = {};              // kMysql: empty means greeting only; kPostgres: required
  bool mysql_pre_41 = false;
  std::string hello = "HELO localhost";  // kSmtp
};

// ---- when, where, and what follows

// The state of a server before its first check.
enum class InitState : std::uint8_t {
  kUp,  // and the first failure takes it down
  kFullyUp,
  kDown,  // and the first success brings it up
  kFullyDown,
};

struct Check {
  std::shared_ptr<const CheckDialog> dialog;  // never null
  std::chrono::milliseconds interval{2000};
  std::chrono::milliseconds fast_interval{2000};  // between up and down
  std::chrono::milliseconds down_interval{2000};  // down
  std::uint32_t rise = 2;                         // successes that bring a server up
  std::uint32_t fall = 3;                         // failures that take it down
  // For the answer, once connected within the backend's connect_timeout; unset: `interval` for all.
  std::optional<std::chrono::milliseconds> timeout = {};
  std::optional<std::uint16_t> port = {};  // unset: the server's
  std::optional<Address> address = {};     // its port is not used; unset: the server's
  bool send_proxy = false;  // begins with a header in the server's `send_proxy` version, or v1
  InitState init_state = InitState::kUp;
};

// A second voice: a program beside the server that is asked for weight and state.
struct AgentCheck {
  std::uint16_t port = 0;
  std::optional<Address> address = {};  // its port is not used; unset: the server's
  std::chrono::milliseconds interval{2000};
  std::string send = {};  // bytes that it gets first
};

// What errors of real sessions do to a server.
struct Observe {
  enum class Action : std::uint8_t {
    kFastInterval,  // the next check comes soon
    kFailCheck,     // counts as a failed check
    kSuddenDeath,   // and the next failure takes it down
    kMarkDown,
    kEject,  // out for a growing time, without any check
  };
  std::uint32_t error_limit = 10;  // in a row
  Action on_error = Action::kFailCheck;
};

// Sessions of a server that goes down, or of the backups when a server comes up.
enum class OnMarkedDown : std::uint8_t { kKeep, kShutdownSessions, kDrain };
enum class OnMarkedUp : std::uint8_t { kKeep, kShutdownBackupSessions };

// A server whose health is this one's, too.
struct Track {
  std::string backend = {};
  std::string server = {};
};

}  // namespace conf
