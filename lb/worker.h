#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <thread>
#include <vector>

#include "balancer/backend.h"
#include "balancer/limit.h"
#include "balancer/rate_meter.h"
#include "lb/check/runner.h"
#include "lb/net/loop.h"
#include "lb/net/mailbox.h"
#include "lb/net/pipe_pool.h"
#include "lb/net/poller.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/evictions.h"
#include "lb/proxy/frontend.h"
#include "lb/proxy/host.h"
#include "lb/proxy/listener.h"
#include "lb/proxy/server_drain.h"
#include "lb/proxy/session.h"
#include "lb/telemetry/log_channel.h"
#include "lb/telemetry/rarely.h"

namespace lb {

// What the workers of one process share beside frontends and backends.
struct Shared {
  balancer::Limit sessions;              // `maxconn` of the process
  balancer::RateMeter connections = {};  // that were accepted
  proxy::ProcessRates rates = {};
  std::uint32_t workers = 1;
  std::chrono::microseconds busy_poll{0};
  std::function<void(std::uint32_t worker)> resume;  // wakes a worker that waits for a slot

  // Hands on what sessions have found of a server.
  std::function<void(check::Place, balancer::Crossing)> crossed;

  // Called by a stopping worker's thread when it has no listener and no session left.
  std::function<void()> idle;
};

// What a worker has done, to be read by its thread or after it was joined.
struct WorkerTotals {
  std::uint64_t sessions = 0;
  std::uint64_t refused = 0;            // by allow, deny, max_per_source or rate_per_source
  std::uint64_t handshakes_failed = 0;  // no whole and right PROXY protocol header
  std::uint64_t exhausted = 0;    // times that accepting paused for want of descriptors or memory
  std::uint64_t over_budget = 0;  // sessions that a retry budget refused another attempt
  std::uint64_t turns = 0;        // of its loop
  std::uint64_t bytes_copied = 0;
  std::uint64_t bytes_spliced = 0;
};

// What a worker must have got back when every session has ended: zeros, or something was forgotten.
struct WorkerHeld {
  std::size_t sessions = 0;
  std::size_t timers = 0;
  std::size_t pipes = 0;  // borrowed by a flow
};

// What a worker has at this moment.
struct WorkerStock {
  std::size_t sessions = 0;
  std::size_t places = 0;        // for sessions: of them there is memory for so many
  std::size_t place_size = 0;    // bytes
  std::size_t scratch_size = 0;  // bytes
  std::size_t pipes_free = 0;
  std::size_t pipes_lent = 0;
};

// What has become of a server's sessions on one worker, drain or not.
struct DrainReport {
  proxy::DrainProgress progress;
  proxy::DrainTally tally;
};

// What a worker has at a server of which too much may be closed there.
struct SurplusReport {
  std::uint32_t left = 0;
  std::uint32_t closing = 0;
};

struct SurplusGrant {
  balancer::ServerId server = 0;
  std::uint32_t count = 0;  // 0: none now, but soon
};

// One thread with one loop: its listeners and its sessions, from accept to the end. All but post()
// and the constructor's caller belongs to that thread once start() was called.
class Worker final : private proxy::Host, private proxy::ListenerOwner {
 public:
  Worker(Shared& shared, std::uint32_t index, net::PipePool pipes, telemetry::LogChannel& log);
  ~Worker();

  // Before start().
  void attend(proxy::Backend& backend);  // each of them, in the order of their indexes
  [[nodiscard]] check::Runner& checks() { return checks_; }
  [[nodiscard]] net::Status listen(proxy::Frontend& frontend, const conf::Bind& bind, net::Fd fd);

  void start();
  void join();  // after quit()

  using proxy::Host::index;
  void post(net::Mailbox::Message message) { mailbox_.post(std::move(message)); }  // any thread

  void resume_accepting();

  // A frontend's clients wait from now on, or are let in again.
  void set_disabled(const proxy::Frontend& frontend, bool disabled);
  // It listens no more, and nobody is lost; its sessions go on.
  void stop_listening(const proxy::Frontend& frontend);
  // Rates have changed, or none is kept any more.
  void retry_too_fast();

  void granted(balancer::Grant grant);

  // Brings the counters up to date with the sessions that are open, and gathers what its checks
  // have heard; some in each turn, so that the others do not wait. Then `then` is called.
  using Heard = std::vector<check::HeardOf>;
  void settle(std::function<void(Heard)> then);

  // What was most, or the times in all, begin anew.
  void forget_times(bool all);
  void forget_times(const check::Place& server);  // all

  // Ends the sessions that are at a server now, some in each millisecond, so that the others do not
  // wait.
  void shut(const check::Place& server, telemetry::Cause why);

  // One more server, which gets sessions only later. And one that gets none any more: nobody asks
  // for it once it was dismissed, nor was it checked since it left.
  void welcome(const check::Place& server);
  void stop_checks(const check::Place& server) { checks_.remove(server); }
  void dismiss(const check::Place& server);

  // Connects and checks go there from now on. Also before start().
  void move(const check::Place& server, const proxy::Whereabouts& where);

  // A server gets no new sessions, or does again. Those that still connect to it choose another.
  void set_leaving(const check::Place& server, bool leaving);

  // Calls `look` with each session that is open when its turn comes, some in a turn of the loop so
  // that the others do not wait, and `then` at the end. `look` may shut it.
  void walk(std::function<void(proxy::Session&)> look, std::function<void()> then);

  // Takes leave of the sessions at a server, in place of what was asked before; `all` are those of
  // all workers. Or does so no more.
  void start_drain(const check::Place& server, const balancer::DrainOrder& order,
                   std::uint32_t all);
  void start_drains(balancer::DrainOrder order);  // of all servers, each as its backend has it
  void end_drain(const check::Place& server);
  [[nodiscard]] DrainReport report_drain(const check::Place& server);

  // The sessions of this worker at each server of a backend. What it was granted to close there
  // ends with that: whoever asks counts, and grants anew what is still too much.
  [[nodiscard]] std::vector<SurplusReport> report_surplus(const proxy::Backend& backend);

  // So many may be closed over `time` for the sake of servers that have few, unless the server is
  // drained; at servers that are not named nobody is. In their order. `start` is that of the whole.
  void grant_surplus(const proxy::Backend& backend, std::span<const SurplusGrant> grants,
                     net::Tick start, net::Tick time);

  void drain();  // accepts who has connected, then nobody; sessions go on
  void cut();    // ends listeners and sessions now
  void quit();

  [[nodiscard]] WorkerTotals totals() const;
  [[nodiscard]] WorkerStock stock() const;
  [[nodiscard]] const std::vector<std::unique_ptr<proxy::Listener>>& listeners() const {
    return listeners_;
  }
  [[nodiscard]] const net::PipePool& pipes() const { return pipes_; }
  [[nodiscard]] WorkerHeld held() const;  // after join()

 private:
  [[nodiscard]] net::Tick now() const override { return poller_.now(); }
  [[nodiscard]] std::uint64_t turn() const override { return totals_.turns; }
  [[nodiscard]] std::uint32_t process_sessions() const override { return shared_.sessions.taken(); }
  void run_later(proxy::Session& session) override;
  void reached(proxy::Session& session, telemetry::Moment moment) override;
  [[nodiscard]] proxy::AtServer& at(const proxy::Backend& backend,
                                    balancer::ServerId server) override {
    return *servers_[backend.index][server];
  }
  void crossed(proxy::Backend& backend, balancer::ServerId server,
               balancer::Crossing crossing) override;
  void over_budget(const proxy::Backend& backend) override;
  void retire(proxy::Session& session) override;

  bool reserve(proxy::Frontend& frontend) override;
  void unreserve(proxy::Frontend& frontend) override;
  void accepted(const proxy::Listener& listener, net::Fd fd,
                const net::SocketAddress& client) override;
  void too_fast(const proxy::Listener& listener) override;
  void exhausted(const proxy::Listener& listener, net::Status why) override;
  void closed(proxy::Listener& listener) override;

  // Where a session lives. Slots are used again, the last one first, whose memory is still near.
  struct Slot {
    std::optional<proxy::Session> session;
    std::uint32_t generation = 0;  // counts those that have ended here
  };

  // A session that has more to move. It may be over before its turn comes.
  struct Scheduled {
    std::uint32_t slot;
    std::uint32_t generation;
  };

  // A walk through what may be many, as far as it has come.
  struct Walk {
    std::function<std::size_t()> size;  // how many there are now
    std::function<void(std::size_t index)> look;
    std::function<void()> then;
    std::size_t next = 0;
  };

  [[nodiscard]] double phase_at(balancer::ServerId server) const;
  void run();
  void walk_on(const std::shared_ptr<Walk>& walk);
  [[nodiscard]] net::Tick due() const;
  void do_more();
  [[nodiscard]] std::uint32_t free_slot();
  void release(balancer::Limit& limit);
  void pass_on(proxy::Frontend& frontend);
  [[nodiscard]] proxy::Session* find(std::uint32_t slot, std::uint32_t generation);
  void run_scheduled();
  void end_turn();
  void tell_when_idle();

  Shared& shared_;
  telemetry::LogChannel& log_;
  net::Loop loop_;
  net::Mailbox mailbox_;
  net::Poller poller_;
  net::TimerWheel wheel_;
  net::PipePool pipes_;
  std::vector<std::byte> scratch_;
  proxy::Mover mover_;
  check::Runner checks_;

  std::vector<proxy::Backend*> backends_;
  std::vector<std::vector<std::unique_ptr<proxy::AtServer>>> servers_;  // by backend and id
  proxy::Evictions evictions_;
  std::vector<std::unique_ptr<proxy::Listener>> listeners_;
  std::deque<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::uint32_t> retired_;  // slots of sessions that are over, freed when the turn ends
  std::deque<Scheduled> scheduled_;

  std::size_t open_listeners_ = 0;
  std::size_t open_sessions_ = 0;
  bool listeners_wait_ = false;  // one of them found a limit reached since all were last resumed
  bool has_more_ = false;        // scheduled sessions and the like, for this turn or the next
  bool stopping_ = false;
  bool quitting_ = false;
  bool told_idle_ = false;
  telemetry::Rarely told_exhausted_;
  telemetry::Rarely told_too_fast_;
  telemetry::Rarely told_over_budget_;
  WorkerTotals totals_;
  std::thread thread_;
};

}  // namespace lb
