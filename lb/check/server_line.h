#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "balancer/backend.h"
#include "health/verdict.h"
#include "lb/check/judgement.h"

// What an operator reads of a server, in HAProxy's layout (management.txt; srv_append_status()).
namespace lb::check {

// Why a server is what it has become.
struct Reason {
  health::Verdict verdict;
  std::optional<std::chrono::milliseconds> duration = {};  // of the check; unset: it was none
};

// ", reason: Layer7 wrong status, code: 503, info: \"Not now\", check duration: 3ms"
[[nodiscard]] std::string append_reason(const Reason& reason);

// "Server app/s1", "Backup Server app/b1"
[[nodiscard]] std::string name_of(const Place& server);

// " via app/s1": what has happened to it has happened to the one that it tracks
[[nodiscard]] std::string via(const Place& tracked);

// ". 1 active and 0 backup servers left. 3 sessions active, 0 requeued, 0 remaining in queue.", or
// of those online when the server has come up.
[[nodiscard]] std::string consequence_of(const balancer::Shift& shift, bool up);

// "Health check for server app/s1 failed, reason: ..., status: 2/3 UP."
[[nodiscard]] std::string check_line(const Judgement& judgement);

// "Agent check for server app/s1 failed, reason: ..., status: 0/1 DOWN."
[[nodiscard]] std::string agent_line(const AgentWord& word, bool up);

}  // namespace lb::check
