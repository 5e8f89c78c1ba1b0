#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "balancer/backend.h"
#include "health/ejection.h"
#include "health/slowness.h"
#include "lb/check/agent_watch.h"
#include "lb/check/judgement.h"
#include "lb/check/restored.h"
#include "lb/check/server_line.h"
#include "lb/check/watch.h"
#include "lb/telemetry/note.h"
#include "lb/telemetry/rarely.h"
#include "lb/telemetry/session_record.h"

namespace lb::check {

// What a supervisor can have done. All of it is done soon, not at once.
class Hands {
 public:
  virtual void note(telemetry::Level level, std::string text) = 0;

  // Ends the sessions of a server, on every worker.
  virtual void shut(const Place& server, telemetry::Cause why) = 0;

  // From now on an operator, or the server's agent, wants this of it. So the backend has it
  // already.
  virtual void admin_is(const Place& server, balancer::Admin admin) = 0;

  // Sessions of a server that is down are to end as in a drain, or to stay as it is up again.
  virtual void drain_sessions(const Place& server) = 0;
  virtual void keep_sessions(const Place& server) = 0;

  // A server is not what it was, up or down, or in another administrative state.
  virtual void changed() = 0;

  // Calls back with the server's checks, or with what asks its agent, on the thread that they
  // belong to; not at all when it has none.
  virtual void ask(const Place& server, std::function<void(Watch&)> what) = 0;
  virtual void ask_agent(const Place& server, std::function<void(AgentWatch&)> what) = 0;

  [[nodiscard]] virtual balancer::Tick now() const = 0;  // of the workers' clock

 protected:
  ~Hands() = default;
};

// Draws the consequences of what checks, agents and sessions have found: who gets new sessions,
// what is logged, whose sessions end. There is one for all workers, on the control thread, so one
// change comes after the other, and a change that takes long - a hash table to be built - holds up
// no session.
class Supervisor {
 public:
  // `hands` outlives it.
  explicit Supervisor(Hands& hands) : hands_(hands) {}

  // A server whose health is that of `of`, too, from now on: where that one has to be brought up by
  // a check, or is not checked as it is in maintenance, this one is down.
  void follow(const Place& of, const Place& follower);

  // A server of a backend with a slow_limit.
  void time(const Place& server);

  // A server that has left: nothing that comes of it counts.
  void forget(const Place& server);

  void judged(const Judgement& judgement);
  void agent_said(const AgentWord& word);
  void crossed(const Place& server, balancer::Crossing crossing);

  // Whether the server takes new sessions, as an operator or its agent wants it.
  void set_admin(const Place& server, balancer::Admin admin, const std::string& why = "");

  // A server whose address was unknown has one.
  void found(const Place& server);

  // What an operator says of a server's health stands until its checks, or its agent, find
  // something else.
  enum class Forced : std::uint8_t { kUp, kStopping, kDown };
  void force_health(const Place& server, Forced health);
  void force_agent(const Place& server, bool down);

  // Whether checks are made, or the agent is asked. The server stays what it is meanwhile.
  void enable_checks(const Place& server, bool enable);
  void enable_agent(const Place& server, bool enable);

  // As balancer::Backend::set_weight() has it.
  std::expected<void, std::string_view> set_weight(const Place& server,
                                                   const balancer::WeightRequest& request);
  void set_maxconn(const Place& server, std::uint32_t maxconn);

  // What the server was before the process started is in force again.
  void restore(const Place& server, const Restored& before);

  // Ejections end, slow servers are looked at. To be called every 100 ms or so.
  void pulse();

 private:
  using Key = std::pair<proxy::Backend*, balancer::ServerId>;

  struct Ejected {
    enum class Phase : std::uint8_t { kIn, kOut, kOnTrial };
    health::Ejection rules;
    Phase phase = Phase::kIn;
    balancer::Tick until = 0;           // of kOut and of kOnTrial
    std::chrono::milliseconds time{0};  // how long it was, or is, out
    telemetry::Rarely told_kept = {};   // that it cannot go
  };

  // What a change has led to; up is who would serve if the operator lets him.
  struct Effect {
    balancer::Shift shift;
    bool was_up = false;
    bool is_up = false;
    bool was_stopping = false;
    bool on_trial = false;
  };

  Effect change(const Place& server, const std::function<void(balancer::Facts&)>& what);
  void enter(const Place& server, const std::function<void(balancer::Facts&)>& what,
             std::string_view forced, const std::string& why);
  balancer::Admin enter_alone(const Place& server,
                              const std::function<void(balancer::Facts&)>& what,
                              std::string_view forced, const std::string& why);
  void tell_of_entry(const Place& server, balancer::Admin before, balancer::Admin now,
                     const Effect& effect, std::string_view forced, const std::string& why);
  void judge(const Place& server, const Judgement& judgement, const std::string& why);
  void force_health(const Place& server, Forced health, const std::string& why);
  void force_agent(const Place& server, bool down, const std::string& why);
  void restore_up(const Place& server);
  void conclude(const Place& server, const Effect& effect, const std::string& why);
  void conclude_health(const Place& server, const Effect& effect, bool stopping,
                       const std::string& why);
  void shut_backups(const Place& better, const Effect& effect);
  void tell(telemetry::Level level, const Place& server, const std::string& what,
            const Effect& effect);
  void mourn(const Place& server, const balancer::Shift& shift);
  [[nodiscard]] const std::vector<Place>& followers_of(const Place& server) const;
  void tell_if_mute(const AgentWord& word, bool keeps_out);
  void eject(const Place& server);
  void put_on_trial(const Place& server);
  void trust(const Place& server, const char* why);
  void readmit_all(const proxy::Backend& backend);
  void end_ejection(const Place& server, Ejected::Phase next);
  [[nodiscard]] Ejected& ejection_of(const Place& server);
  [[nodiscard]] const char* what_keeps(const Place& server) const;
  void tell_kept(const Place& server, const char* why);
  void look_for_slow_ones();

  Hands& hands_;
  std::map<Key, std::vector<Place>> followers_;
  std::map<Key, Ejected> ejected_;
  std::map<const proxy::Backend*, std::uint32_t> out_;  // how many of its servers are ejected
  std::map<Key, health::Slowness> slowness_;
  std::map<Key, telemetry::Rarely> taken_out_;  // by the last word of their agents
  balancer::Tick next_look_ = 0;
};

}  // namespace lb::check
