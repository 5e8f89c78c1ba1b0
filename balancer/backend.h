#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>
#include <vector>

#include "balancer/policy.h"
#include "balancer/server.h"
#include "conf/model.h"

namespace balancer {

class Backend;

// Sessions still open in a backend and on one of its servers; what a log line calls %bc and %sc.
struct Counts {
  std::uint32_t backend = 0;
  std::uint32_t server = 0;
};

// A session's hold on a slot of a server. Move-only; its end gives the slot back, which may grant it to
// a waiter. The backend outlives all its leases.
class Lease {
 public:
  Lease() = default;
  Lease(Lease&& other) noexcept;
  Lease& operator=(Lease&& other) noexcept;
  ~Lease();

  [[nodiscard]] explicit operator bool() const;
  [[nodiscard]] ServerId server() const;  // requires a held slot

  // Gives the slot back now and tells what is left. Nothing happens, and zeros come back, without a slot.
  Counts end();
};

// A session that waits for a slot: how its worker finds it again. `generation` tells a reused slot apart.
struct Waiter {
  std::uint32_t worker = 0;
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  friend bool operator==(const Waiter&, const Waiter&) = default;
};

// A slot for somebody who waited. Whoever finds the waiter gone lets the lease end: the next is granted.
struct Grant {
  Waiter to;
  Lease lease;
};

// Carries grants to their workers. Called on whichever thread freed the slot, never under the lock.
class Waker {
 public:
  virtual ~Waker() = default;
  virtual void granted(Grant grant) = 0;
};

// Waiting for a slot. `ticket` is for leave(); `ahead` is how many were already waiting.
struct Wait {
  std::uint64_t ticket = 0;
  std::uint32_t ahead = 0;
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

// A set of servers and how to choose among them: shared by all workers, one mutex, held for O(log n) and
// never across a system call or a callback.
class Backend {
 public:
  // `waker` outlives the backend.
  Backend(const conf::Backend& config, Waker& waker);

  // A slot for a new session, or a place in the queue when all usable servers are full. No allocation
  // unless it has to wait.
  [[nodiscard]] Choice pick(Key key, Waiter who);

  // A slot on another server than `avoid`, for a session whose connect failed there; an empty lease when no
  // other is usable and free. Never waits.
  [[nodiscard]] Lease pick_other(Key key, ServerId avoid);

  // Takes a waiter out of the queue. False: its grant is already on its way.
  bool leave(std::uint64_t ticket);

  // Changes a server's facts through `change(Facts&)` and makes policy and queue follow: a server that
  // became usable is given to waiters at once.
  template <typename Change>
  void update(ServerId server, Change change);

  [[nodiscard]] std::vector<ServerView> view() const;
  [[nodiscard]] std::uint32_t queued() const;
};

}  // namespace balancer
