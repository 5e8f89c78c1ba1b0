#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

#include "balancer/backend.h"
#include "balancer/limit.h"
#include "lb/net/loop.h"
#include "lb/net/mailbox.h"
#include "lb/net/pipe_pool.h"
#include "lb/net/poller.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/frontend.h"
#include "lb/proxy/host.h"
#include "lb/proxy/listener.h"
#include "lb/proxy/session.h"
#include "lb/telemetry/log_channel.h"

namespace lb {

// What the workers of one process share beside frontends and backends.
struct Shared {
  balancer::Limit sessions;  // `maxconn` of the process
  std::uint32_t workers = 1;
  std::function<void(std::uint32_t worker)> resume;  // wakes a worker that waits for a slot

  // Called by a stopping worker's thread when it has no listener and no session left.
  std::function<void()> idle;
};

// What a worker has done, readable after it was joined.
struct WorkerTotals {
  std::uint64_t sessions = 0;
  std::uint64_t refused = 0;            // by allow, deny or max_per_source
  std::uint64_t handshakes_failed = 0;  // no whole and right PROXY protocol header
  std::uint64_t exhausted = 0;  // times that accepting paused for want of descriptors or memory
  std::uint64_t turns = 0;      // of its loop
  std::uint64_t bytes_copied = 0;
  std::uint64_t bytes_spliced = 0;
};

// What a worker must have got back when every session has ended: zeros, or something was forgotten.
struct WorkerHeld {
  std::size_t sessions = 0;
  std::size_t timers = 0;
  std::size_t pipes = 0;  // borrowed by a flow
};

// One thread with one loop: its listeners and its sessions, from accept to the end. All but post()
// and the constructor's caller belongs to that thread once start() was called.
class Worker final : private proxy::Host, private proxy::ListenerOwner {
 public:
  Worker(Shared& shared, std::uint32_t index, net::PipePool pipes, telemetry::LogChannel& log);
  ~Worker();

  // Before start().
  [[nodiscard]] net::Status listen(proxy::Frontend& frontend, const conf::Bind& bind, net::Fd fd);

  void start();
  void join();  // after quit()

  void post(net::Mailbox::Message message) { mailbox_.post(std::move(message)); }  // any thread

  void resume_accepting();
  void granted(balancer::Grant grant);
  void drain();  // accepts who has connected, then nobody; sessions go on
  void cut();    // ends listeners and sessions now
  void quit();

  [[nodiscard]] WorkerTotals totals() const;
  [[nodiscard]] WorkerHeld held() const;  // after join()

 private:
  [[nodiscard]] net::Tick now() const override { return poller_.now(); }
  [[nodiscard]] std::uint64_t turn() const override { return totals_.turns; }
  [[nodiscard]] std::uint32_t process_sessions() const override { return shared_.sessions.taken(); }
  void run_later(proxy::Session& session) override;
  void reached(proxy::Session& session, telemetry::Moment moment) override;
  void retire(proxy::Session& session) override;

  bool reserve(proxy::Frontend& frontend) override;
  void unreserve(proxy::Frontend& frontend) override;
  void accepted(const proxy::Listener& listener, net::Fd fd,
                const net::SocketAddress& client) override;
  void exhausted(const proxy::Listener& listener, net::Status why) override;
  void closed(proxy::Listener& listener) override;

  struct Slot {
    std::unique_ptr<proxy::Session> session;
    std::uint32_t generation = 0;
  };

  // A session that has more to move. It may be over before its turn comes.
  struct Scheduled {
    std::uint32_t slot;
    std::uint32_t generation;
  };

  void run();
  [[nodiscard]] std::uint32_t free_slot();
  void release(balancer::Limit& limit);
  [[nodiscard]] proxy::Session* find(std::uint32_t slot, std::uint32_t generation) const;
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

  std::vector<std::unique_ptr<proxy::Listener>> listeners_;
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::unique_ptr<proxy::Session>> retired_;  // freed when the turn ends
  std::deque<Scheduled> scheduled_;

  std::size_t open_listeners_ = 0;
  std::size_t open_sessions_ = 0;
  bool listeners_wait_ = false;  // one of them found a limit reached since all were last resumed
  bool stopping_ = false;
  bool quitting_ = false;
  bool told_idle_ = false;
  std::optional<net::Tick> told_exhausted_;
  WorkerTotals totals_;
  std::thread thread_;
};

}  // namespace lb
