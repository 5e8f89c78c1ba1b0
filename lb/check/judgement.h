#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "balancer/backend.h"
#include "health/agent.h"
#include "health/state.h"
#include "health/verdict.h"
#include "lb/proxy/backend.h"

namespace lb::check {

// A server, wherever one speaks of it.
struct Place {
  proxy::Backend* backend = nullptr;
  balancer::ServerId server = 0;

  [[nodiscard]] proxy::Server& at_work() const { return backend->servers[server]; }
  [[nodiscard]] const conf::Server& config() const { return at_work().config; }
  friend bool operator==(const Place&, const Place&) = default;
};

// What a check has come to that somebody may want to know.
struct Judgement {
  Place of;
  health::Verdict verdict;
  std::optional<std::chrono::milliseconds> duration = {};  // of the check; unset: it was none
  health::State::Change change = health::State::Change::kNone;
  bool stopping = false;   // well, and wants no new sessions
  bool up = true;          // after it
  std::uint32_t step = 0;  // of `steps`, as State has them
  std::uint32_t steps = 0;
};

// What an agent has said, or that it could not be asked.
struct AgentWord {
  Place of;
  health::AgentReport report;
  bool news = false;  // it says something of the server's health, and before it did not say that
  std::chrono::milliseconds duration{0};
};

// Where the checks of all workers report to, on whichever thread they run.
class Desk {
 public:
  virtual void judged(Judgement judgement) = 0;
  virtual void agent_said(AgentWord word) = 0;

  // A check, or a question to an agent, could not be made; `error` as ProbeOwner::on_postponed()
  // has it.
  virtual void postponed(const Place& server, int error) = 0;

 protected:
  ~Desk() = default;
};

}  // namespace lb::check
