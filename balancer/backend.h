#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/policy.h"
#include "balancer/server.h"
#include "balancer/tiers.h"
#include "balancer/wait_queue.h"
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
      : backend_(std::exchange(other.backend_, nullptr)), server_(other.server_) {}
  Lease& operator=(Lease&& other) noexcept;
  ~Lease() { end(); }

  [[nodiscard]] explicit operator bool() const { return backend_ != nullptr; }
  [[nodiscard]] ServerId server() const;  // requires a held slot

  // What is open now, with this one. Zeros without a slot.
  [[nodiscard]] Counts open() const;

  // Gives the slot back now and tells what is left. Nothing happens, and zeros come back, without a
  // slot.
  Counts end();

 private:
  friend class Backend;
  Lease(Backend& backend, ServerId server) : backend_(&backend), server_(server) {}

  Backend* backend_ = nullptr;
  ServerId server_ = 0;
};

// A slot for somebody who waited. Whoever finds the waiter gone lets the lease end: the next is
// granted.
struct Grant {
  Waiter to;
  std::uint32_t place = 0;  // 1 more than the number of those served while it waited
  Lease lease;
};

// Carries grants to their workers. Called on whichever thread freed the slot, never under the lock.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void granted(Grant grant) = 0;
};

// Waiting for a slot. `ticket`, never 0, is for leave().
struct Wait {
  std::uint64_t ticket = 0;
};

// No server is usable, now or soon.
struct None {};

using Choice = std::variant<Lease, Wait, None>;

// One server as the outside may see it: a copy, taken under the lock.
struct ServerView {
  Facts facts;
  std::uint32_t open = 0;  // sessions that hold a slot
  std::uint64_t picked = 0;
};

// A set of servers and how to choose among them: shared by all workers, one mutex, held for O(log
// n) and never across a system call or a callback. A server's id is its index in the configuration.
//
// While somebody waits there is no free slot: whatever frees one gives it to the first in the queue
// under the same lock, so nobody who comes later can overtake.
class Backend {
 public:
  // `waker` outlives the backend.
  Backend(const conf::Backend& config, Waker& waker);
  ~Backend();
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  // A slot for a new session, or a place in the queue when all usable servers are full. No
  // allocation unless it has to wait.
  [[nodiscard]] Choice pick(Key key, Waiter who);

  // A slot on another server than `avoid`, for a session whose connect failed there; an empty lease
  // when no other is usable and free. Never waits.
  [[nodiscard]] Lease pick_other(Key key, ServerId avoid);

  // Takes a waiter out of the queue and tells its place, as a grant would; nullopt: its grant is
  // already on its way.
  std::optional<std::uint32_t> leave(std::uint64_t ticket);

  // Changes a server's facts through `change` and makes policy and queue follow: a server that
  // became usable is given to waiters at once. When none is usable any more, those who wait go on
  // waiting. `change` runs under the lock and must not call the backend.
  void update(ServerId server, const std::function<void(Facts&)>& change);

  [[nodiscard]] std::vector<ServerView> view() const;
  [[nodiscard]] std::uint32_t queued() const;
  [[nodiscard]] std::uint32_t sessions() const;  // with a slot, or in the queue

 private:
  friend class Lease;

  struct Server {
    ServerView seen;
    std::uint32_t maxconn = 0;  // 0: no limit
    [[nodiscard]] bool full() const { return maxconn != 0 && seen.open >= maxconn; }
  };

  [[nodiscard]] Counts open(ServerId id) const;
  [[nodiscard]] Counts release(ServerId id);

  // All of these require the lock.
  [[nodiscard]] Lease take(ServerId id);
  [[nodiscard]] std::optional<Grant> grant_first();
  void inform_policy(ServerId id);

  Waker& waker_;
  mutable std::mutex mutex_;
  std::vector<Server> servers_;
  std::unique_ptr<Policy> policy_;
  Tiers tiers_;
  WaitQueue queue_;
  std::uint32_t open_ = 0;
};

}  // namespace balancer
