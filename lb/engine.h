#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "balancer/backend.h"
#include "conf/model.h"
#include "health/plan.h"
#include "lb/capacity.h"
#include "lb/check/supervisor.h"
#include "lb/crew.h"
#include "lb/drains.h"
#include "lb/fleet.h"
#include "lb/gates.h"
#include "lb/net/opener.h"
#include "lb/rebalances.h"
#include "lb/telemetry/log_writer.h"
#include "lb/telemetry/rarely.h"

namespace lb {

// A bind that listens, with the port it got.
struct Listening {
  std::string frontend;
  conf::Address address;
};

// The same of all workers, and of what they share.
struct Held : WorkerHeld {
  std::size_t slots = 0;  // of a limit or a server, and places in a queue
};

// The data plane of a process: frontends, backends and the workers that carry sessions between
// them.
class Engine final : private balancer::Waker, private check::Desk, private check::Hands {
 public:
  // What it needs of the control thread. `post` may be called on any thread, `note` on that one.
  struct Control {
    std::function<void(net::Mailbox::Message)> post;
    std::function<void(telemetry::Level, std::string)> note;
    std::function<void()> pulse_again;  // has_pulse() has become true
    std::function<void()> changed;      // a server is up, down, or in another administrative state
  };

  // `config` and `log` outlive it; `log` has a channel for each worker.
  Engine(const conf::Config& config, const Capacity& capacity, telemetry::LogWriter& log,
         Control control);
  ~Engine() override;

  // Opens every bind for every worker; the answer is a sentence when one cannot be had.
  [[nodiscard]] std::optional<std::string> bind(net::Opener& opener);
  [[nodiscard]] const std::vector<Listening>& listening() const { return listening_; }

  // Starts the workers; the answer is a sentence when a thread cannot be had, and none runs. `idle`
  // is called once, on any thread, when the last of them has nothing left after drain() or cut().
  [[nodiscard]] std::optional<std::string> start(std::function<void()> idle);

  void drain();                                       // nobody new; sessions go on
  void close_within(std::chrono::milliseconds time);  // sessions, all of them, as drains do
  void cut();                                         // everything ends now
  void join();                                        // after `idle`

  // Servers in slow start take a step, ejections end, slow servers are found, drains and rebalances
  // are looked at. On the control thread, every 100 ms or so, while has_pulse().
  void pulse();
  [[nodiscard]] bool has_pulse() const {
    return has_pulse_ || drains_.active() || rebalances_.active() || !leaving_.empty();
  }

  // For operators. On the control thread.

  // The server gets no new sessions, and those that it has end as wished.
  void drain_server(const check::Place& server, const DrainWish& wish);

  // Before start(): the server is what it was in an earlier process. `wish` is of its drain.
  void restore(const check::Place& server, const check::Restored& before,
               const std::optional<DrainWish>& wish);

  // Servers that have more than their share of sessions give them away.
  void rebalance(proxy::Backend& backend, const RebalanceWish& wish, const Rebalances::Then& then);
  [[nodiscard]] Fleet& fleet() { return fleet_; }

  // One more server, in maintenance, its checks not made yet; `then` is told once all workers know
  // it. Its name and number are nobody else's, its algorithm is dynamic.
  void add_server(proxy::Backend& backend, conf::Server server,
                  std::function<void(check::Place)> then);

  // Why a server cannot be taken away, in HAProxy's words; nullopt: it can.
  [[nodiscard]] std::optional<std::string_view> what_keeps(const check::Place& server);

  // Takes away for good a server that nothing keeps; `then` is called once no worker checks it.
  void remove_server(const check::Place& server, std::function<void()> then);

  // Connects and checks go there from now on; `then` is called once all workers know that.
  void move_server(const check::Place& server, const proxy::Whereabouts& where,
                   std::function<void()> then);
  [[nodiscard]] check::Supervisor& supervisor() { return supervisor_; }

  [[nodiscard]] Drains& drains() { return drains_; }
  [[nodiscard]] const Drains& drains() const { return drains_; }
  [[nodiscard]] Gates& gates() { return gates_; }
  [[nodiscard]] Rebalances& rebalances() { return rebalances_; }
  [[nodiscard]] Crew& crew() { return crew_; }

  // Has each worker settle its counters; `then` gets what all checks have heard, on the control
  // thread.
  void settle(std::function<void(Worker::Heard)> then);

  [[nodiscard]] Shared& shared() { return shared_; }
  [[nodiscard]] balancer::Tick now() const override { return net::read_clock(); }

  [[nodiscard]] std::uint64_t checks_postponed() const { return postponed_.load(); }

  [[nodiscard]] std::uint32_t sessions() const { return shared_.sessions.taken(); }
  [[nodiscard]] std::vector<WorkerTotals> totals() const;  // after join()
  [[nodiscard]] Held held() const;                         // after join()

 private:
  void granted(balancer::Grant grant) override;
  void judged(check::Judgement judgement) override;
  void agent_said(check::AgentWord word) override;
  void postponed(const check::Place& server, int error) override;
  void note(telemetry::Level level, std::string text) override;
  void shut(const check::Place& server, telemetry::Cause why) override;
  void admin_is(const check::Place& server, balancer::Admin admin) override;
  void drain_sessions(const check::Place& server) override;
  void keep_sessions(const check::Place& server) override;
  void changed() override { control_.changed(); }
  void ask(const check::Place& server, std::function<void(check::Watch&)> what) override;
  void ask_agent(const check::Place& server, std::function<void(check::AgentWatch&)> what) override;
  [[nodiscard]] net::Status open(const conf::Bind& asked, proxy::Frontend& frontend,
                                 net::Opener& opener);

  void begin_drain(const check::Place& server);
  void watch(const check::Place& server);
  // Adds the checks of a server that the worker is to make, and its agent; on the worker's thread.
  using AddChecks = std::function<void(Worker&, std::chrono::milliseconds check_delay,
                                       std::chrono::milliseconds agent_delay)>;
  [[nodiscard]] AddChecks checks_for(const check::Place& server, Worker& worker);
  [[nodiscard]] const health::Plan& plan_for(const conf::CheckDialog& dialog);
  [[nodiscard]] bool is_tracked(const check::Place& server);
  // What was found of a server may arrive when it has left.
  [[nodiscard]] static bool is_here(const check::Place& server) {
    return server.backend->servers.present(server.server);
  }
  void free_those_who_left();
  [[nodiscard]] static balancer::Facts facts_of(const check::Place& server);
  void assign_checks();

  Shared shared_;
  Control control_;
  Fleet fleet_;
  std::map<const conf::CheckDialog*, health::Plan> plans_;  // outlives the checks
  Crew crew_;
  check::Supervisor supervisor_;
  Drains drains_;
  Gates gates_;
  Rebalances rebalances_;
  // Who checks a server, or asks its agent, by backend and server; null: nobody.
  std::vector<std::vector<Worker*>> checkers_;
  std::vector<check::Place> leaving_;  // sessions may still know them
  bool freeing_ = false;
  balancer::Tick next_freeing_ = 0;
  bool has_pulse_ = false;
  std::atomic<std::uint64_t> postponed_{0};
  std::atomic<bool> postponed_on_its_way_{false};  // to the control thread, to be told
  telemetry::Rarely told_postponed_;
  std::vector<Listening> listening_;
  std::atomic<std::size_t> busy_{0};  // workers that are not idle yet
};

}  // namespace lb
