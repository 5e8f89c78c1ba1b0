#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/chooser.h"
#include "balancer/policy.h"
#include "balancer/positioned_heap.h"
#include "balancer/rate_meter.h"
#include "balancer/retry_budget.h"
#include "balancer/server.h"
#include "balancer/slow_start.h"
#include "balancer/tiers.h"
#include "balancer/wait_queue.h"
#include "balancer/weight_request.h"
#include "conf/algorithm.h"
#include "conf/model.h"

namespace balancer {

class Backend;

// Sessions still in a backend, those in its queue included, and on one of its servers; what a log
// line calls %bc and %sc.
struct Counts {
  std::uint32_t backend = 0;
  std::uint32_t server = 0;
};

// A session's hold on a slot of a server. Move-only; its end gives the slot back, which may grant
// it to a waiter. The backend outlives all its leases.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept
      : backend_(std::exchange(other.backend_, nullptr)),
        server_(other.server_),
        is_trial_(other.is_trial_) {}
  Lease& operator=(Lease&& other) noexcept {
    if (backend_ != nullptr && this != &other) end();
    server_ = other.server_;
    is_trial_ = other.is_trial_;
    backend_ = std::exchange(other.backend_, nullptr);
    return *this;
  }
  ~Lease() {
    if (backend_ != nullptr) end();
  }

  [[nodiscard]] explicit operator bool() const { return backend_ != nullptr; }
  [[nodiscard]] ServerId server() const;  // requires a held slot

  // What is open now, with this one. Zeros without a slot.
  [[nodiscard]] Counts open() const;

  // Gives the slot back now and tells what is left. Nothing happens, and zeros come back, without a
  // slot.
  Counts end();

 private:
  friend class Backend;
  Lease(Backend& backend, ServerId server, bool is_trial)
      : backend_(&backend), server_(server), is_trial_(is_trial) {}

  Backend* backend_ = nullptr;
  ServerId server_ = 0;
  bool is_trial_ = false;  // taken while the server was on trial
};

// Where somebody waits, or waited: 1 more than the number of those served from that line meanwhile.
struct QueuePlace {
  std::uint32_t place = 0;
  bool at_server = false;  // in the line of one server (HAProxy's %sq), not in the backend's (%bq)
};

// A slot for somebody who waited. Whoever finds the waiter gone lets the lease end: the next is
// granted.
struct Grant {
  Waiter to;
  QueuePlace from;
  Lease lease;
};

// Carries grants to their workers. Called on whichever thread freed the slot, never under the lock.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void granted(Grant grant) = 0;
};

// Waiting for a slot: any, or one `at` this server, to which the key binds. `ticket`, never 0, is
// for leave().
struct Wait {
  std::uint64_t ticket = 0;
  std::optional<ServerId> at;
};

// No server is usable, now or soon.
struct None {};

// The key binds to this server, and as many as may wait for it do.
struct Overflow {
  ServerId at = 0;
};

using Choice = std::variant<Lease, Wait, None, Overflow>;

// What a change of a server has led to, for the line that tells of it.
struct Shift {
  bool was_usable = false;
  bool is_usable = false;
  std::uint32_t active = 0;    // usable servers that are no backups
  std::uint32_t backup = 0;    // usable backups
  std::uint32_t sessions = 0;  // with a slot of the server
  std::uint32_t requeued = 0;  // have waited for it, and wait for others now
  std::uint32_t queued = 0;    // wait in the backend, for whomever
};

// What a session's attempt at a server came to.
enum class Outcome : std::uint8_t {
  kServed,  // connected, and not reset before it has answered
  kFailed,
};

// What that means for the server.
enum class Crossing : std::uint8_t {
  kNone,
  kErrorLimit,   // so many have failed in a row as its `error_limit` says, once more
  kTrialPassed,  // it is on trial, and this was the session that tried it
  kTrialFailed,
};

// How long something has been up or down.
struct History {
  Tick changed = 0;           // when its state last changed
  std::uint32_t downs = 0;    // how often it went down, or into maintenance
  std::uint64_t down_ms = 0;  // for how long in all, up to its last change
};

// One server as the outside may see it: a copy, taken under the lock.
struct ServerView {
  bool vacant = false;  // no server has this id
  Facts facts;
  Weight weight = 0;  // effective, slow start included
  bool usable = false;
  bool serves = false;     // usable, and its tier is in use
  std::uint32_t open = 0;  // sessions that hold a slot
  std::uint32_t most_open = 0;
  std::uint32_t queued = 0;  // in its own line
  std::uint32_t most_queued = 0;
  std::uint64_t picked = 0;
  std::uint32_t rate = 0;  // attempts to connect in the last second
  std::uint32_t most_rate = 0;
  std::optional<Tick> last = {};               // when the last attempt began
  std::optional<std::uint32_t> starting = {};  // in slow start: percent of its share
  History history;
};

// The same of the whole.
struct BackendView {
  std::uint32_t active = 0;  // usable servers that are no backups
  std::uint32_t backup = 0;
  bool up = false;             // somebody serves
  std::uint32_t sessions = 0;  // with a slot, or in a line
  std::uint32_t most_sessions = 0;
  std::uint32_t queued = 0;  // in the line of those who take any server
  std::uint32_t most_queued = 0;
  std::uint32_t rate = 0;  // sessions that came in the last second
  std::uint32_t most_rate = 0;
  History history;
};

// A set of servers and how to choose among them: shared by all workers, one mutex, held for O(log
// n) and never across a system call or a callback. A server's id is its index in the configuration;
// those that are added have the next ones, or of those that are gone. Time is told, in milliseconds
// of a steady clock.
//
// While somebody waits there is no free slot for him: whatever frees one gives it away under the
// same lock, so nobody who comes later can overtake.
class Backend {
 public:
  // `config` and `waker` outlive the backend.
  Backend(const conf::Backend& config, Waker& waker, Tick now);
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // One more server, in maintenance, with the next id or that of one that was removed. Its facts
  // are those of `server`, which is read only here. O(n), for it may move all servers and rank them
  // anew. Not while another thread is in update(), set_weight() or step(), which may read what it
  // changes without the lock; nor where the algorithm is static.
  void add(ServerId id, const conf::Server& server, Tick now);

  // Takes a server away. False, and nothing has changed, while
  // it is not in maintenance, somebody has a slot of it, or waits for it. As add().
  [[nodiscard]] bool remove(ServerId id);

  // A slot for a new session, or a place in a line when those that could serve it are full. No
  // allocation unless it has to wait.
  [[nodiscard]] Choice pick(Key key, Waiter who, Tick now);

  // For a session whose `retry`-th further attempt, from 1, follows a failed connect to `failed`: a
  // slot on another server. An empty lease when `redispatch` does not allow that, or no other is
  // usable and free; where the key binds, also when the one that is next for it is full, though a
  // third one is free. Never waits.
  [[nodiscard]] Lease pick_other(Key key, ServerId failed, std::uint32_t retry, Tick now);

  // Whether the retry budget allows one more attempt; then it is counted.
  [[nodiscard]] bool may_retry(Tick now);

  // Takes a waiter out of its line and tells its place, as a grant would; nullopt: its grant is
  // already on its way.
  std::optional<QueuePlace> leave(std::uint64_t ticket);

  // A session has waited so long for its server: for the connection, or then for the first byte.
  // Only where measures() asks for it.
  void answered(ServerId server, std::chrono::microseconds after, Tick now);

  // A connect to the server failed, and the server is to blame. It counts as an answer after
  // `timeouts.connect`, a minute at most: who refuses at once is not the fastest. Only where
  // measures() asks for it.
  void refused(ServerId server, Tick now);
  [[nodiscard]] bool measures() const {
    return conf::placing(config_.balance) == conf::Algorithm::kPeakEwma;
  }

  // A session's connect to the server has taken so long. Only where times_connects() asks for it.
  void connected(ServerId id, std::chrono::microseconds after);
  [[nodiscard]] bool times_connects() const { return config_.slow_limit.has_value(); }

  // The smoothed time of connects to the server (an eighth of each new one, RFC 6298); nullopt when
  // there was none since it was last asked for.
  [[nodiscard]] std::optional<std::chrono::microseconds> take_connect_time(ServerId id);

  // Counts what sessions meet. Only where watches() asks for it. `lease` is held.
  Crossing report(const Lease& lease, Outcome outcome);
  [[nodiscard]] bool watches() const { return watches_.load(std::memory_order_relaxed); }

  // Whether any of these three is asked for.
  [[nodiscard]] bool asks() const { return asks_.load(std::memory_order_relaxed); }

  // Changes a server's facts through `change` and makes policy and lines follow: a server that
  // became usable, or is slow or on trial no more, is in slow start, and given to waiters at once;
  // who waits for one that no longer is goes where a new session would, or waits for any. `change`
  // runs under the lock and must not call the backend.
  Shift update(ServerId server, const std::function<void(Facts&)>& change, Tick now);

  // While it lives, a table does not follow what changes, and at its end once for all: for many
  // changes before anybody is served.
  class Batch {
   public:
    explicit Batch(Backend& backend);
    ~Batch();
    Batch(const Batch&) = delete;
    Batch& operator=(const Batch&) = delete;

   private:
    Backend& backend_;
  };

  // Gives a server the weight that an operator asks for, as update() does; or why not, and nothing
  // has changed.
  std::expected<Shift, std::string_view> set_weight(ServerId server, const WeightRequest& request,
                                                    Tick now);

  // Takes the servers in slow start one step on. To be called every 100 ms or so while starting().
  void step(Tick now);
  [[nodiscard]] bool starting() const;

  // Whether weights between 0 and the configured one mean something to the algorithm.
  [[nodiscard]] bool graded() const { return graded_; }

  // How many servers could serve, backups among them.
  [[nodiscard]] std::uint32_t eligible() const;

  // One more attempt at the same server begins: counted, where pick() and pick_other() have counted
  // the first.
  void tried_again(ServerId server, Tick now);

  // Servers from `first` on, `most` of them at most: some at a time, so that nobody waits long for
  // the lock. `now` is of the rates.
  [[nodiscard]] std::vector<ServerView> view(ServerId first = 0, std::size_t most = SIZE_MAX,
                                             Tick now = 0) const;
  [[nodiscard]] BackendView view_of_all(Tick now) const;

  // What was most begins anew from what is.
  void forget_most();
  void forget_most(ServerId id);

  [[nodiscard]] std::uint32_t queued() const;
  [[nodiscard]] std::uint32_t sessions() const;  // with a slot, or in a line

 private:
  friend class Lease;

  static constexpr WaitQueue::Line kAny = 0;  // the line of those who take any server
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  // What each session touches comes first and fits a cache line: of ten thousand servers none is
  // near when its turn comes.
  struct alignas(64) Server {
    std::uint32_t open = 0;
    std::uint32_t maxconn = 0;
    std::uint32_t minconn = 0;
    std::uint32_t maxqueue = 0;
    std::uint64_t picked = 0;
    std::uint32_t position = kNowhere;  // in held_
    bool vacant = false;
    bool serves = false;
    bool listed = false;       // in starting_
    bool full = false;         // as the policy was told
    bool on_trial = false;     // as its facts say
    std::uint32_t trials = 0;  // leases that were taken then
    std::uint32_t most_open = 0;
    Tick last = 0;  // when the last attempt began; 0: there was none
    RateMeter rate;
    SlowStart start;
    std::uint64_t free_at = 0;                            // sessions of the backend, while in held_
    std::uint32_t errors = 0;                             // in a row
    std::uint32_t error_limit = 0;                        // 0: nobody counts
    std::optional<std::chrono::microseconds> connecting;  // smoothed
    bool connected_lately = false;
    Facts facts;
    std::uint32_t most_queued = 0;
    History history;
    [[nodiscard]] bool elastic() const { return minconn != 0; }
  };

  // Servers that more sessions of the backend would give a free slot, the first to get one first.
  struct ByLoad {
    std::vector<Server>* servers;
    [[nodiscard]] bool before(ServerId a, ServerId b) const;
    [[nodiscard]] std::uint32_t& position(ServerId server) const {
      return (*servers)[server].position;
    }
  };

  // Those of one step: nearly always one at most, which takes no memory.
  class Grants {
   public:
    void add(Grant grant) {
      if (first_) {
        more_.push_back(std::move(grant));
      } else {
        first_ = std::move(grant);
      }
    }
    void deliver(Waker& waker) {
      if (first_) waker.granted(std::move(*first_));
      for (Grant& grant : more_) waker.granted(std::move(grant));
    }

   private:
    std::optional<Grant> first_;
    std::vector<Grant> more_;
  };

  [[nodiscard]] static Server make(const conf::Server& server, const Facts& facts, Tick now);
  void note_wishes(const conf::Server& server);
  [[nodiscard]] Counts open(ServerId id) const;
  [[nodiscard]] Counts release(ServerId id, bool is_trial);
  [[nodiscard]] static WaitQueue::Line line(ServerId id) { return id + 1; }

  // All of these require the lock.
  [[nodiscard]] Lease take(ServerId id);
  [[nodiscard]] Lease take_for(Key key, ServerId id);  // whom the key has just chosen
  [[nodiscard]] std::optional<ServerId> choose(Key key);
  [[nodiscard]] std::optional<ServerId> choose_other(Key key, ServerId avoid);
  [[nodiscard]] Choice wait(std::optional<ServerId> at, Key key, Waiter who);
  [[nodiscard]] Wait wait_at(ServerId id, Key key, Waiter who);
  void begin_attempt(Server& server);
  void note_queue(WaitQueue::Line line);
  void forget_most_of(ServerId id);
  [[nodiscard]] std::uint32_t load() const { return open_ + queue_.size() + arriving_; }
  [[nodiscard]] std::uint32_t limit(const Server& server) const;
  void refresh(ServerId id);
  void refresh_held(Grants& grants);
  [[nodiscard]] bool usable(const Facts& facts) const;
  void start_slowly(ServerId id);
  void inform(ServerId id);
  void limit_to(ServerId id, const Facts& facts);
  void change_tier(ServerId id, const std::function<void(Facts&)>& change);
  [[nodiscard]] bool begin_step(Tick now);
  std::uint32_t settle(Grants& grants);
  void fill(ServerId id, Grants& grants);
  void fill_any(Grants& grants);
  void grant(WaitQueue::Line from, ServerId id, Grants& grants);

  // Without it.
  std::uint32_t follow(bool stale, Grants& grants);

  const conf::Backend& config_;
  Waker& waker_;
  mutable std::mutex mutex_;
  std::vector<Server> servers_;
  Chooser chooser_;
  Tiers tiers_;
  WaitQueue queue_;
  RetryBudget budget_;
  PositionedHeap<ServerId, ByLoad> held_;  // full, for want of sessions in the backend
  std::vector<ServerId> starting_;         // in slow start
  std::vector<ServerId> changed_;          // since settle() last ran
  std::uint32_t open_ = 0;
  std::uint32_t arriving_ = 0;  // 1 while a new session is given its place
  std::uint32_t serving_ = 0;
  std::uint32_t most_sessions_ = 0;
  std::uint32_t most_queued_ = 0;  // for any server
  RateMeter rate_;
  History history_;
  const bool static_;
  bool graded_ = true;
  bool in_batch_ = false;
  std::atomic<bool> watches_ = false;  // these two: read without the lock
  std::atomic<bool> asks_ = false;
  Tick now_ = 0;   // the latest that was told
  Tick step_ = 0;  // slow start has come so far
};

}  // namespace balancer
