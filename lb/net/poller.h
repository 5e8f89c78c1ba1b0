#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <span>

#include "lb/net/fd.h"
#include "lb/net/loop.h"
#include "lb/net/status.h"

namespace lb::net {

// Something with a descriptor in a Poller.
class Pollable {
 public:
  // `events` are EPOLL* bits. A descriptor closed earlier in the same turn may still be told of; so
  // the object must live until the turn ends, and look whether it is still open.
  virtual void on_ready(std::uint32_t events) = 0;

 protected:
  ~Pollable() = default;
};

// One epoll set for the data sockets and listeners of a worker, and the descriptor of its libuv
// loop among them: that is how libuv is embedded (uv_backend_fd() in its documentation). So a turn
// costs one epoll_wait, and libuv runs only when something of its own has happened.
class Poller {
 public:
  static constexpr std::uint32_t kEdge =
      EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;  // for data sockets
  static constexpr std::uint32_t kLevel = EPOLLIN;           // for listeners
  static constexpr std::uint32_t kPaused = 0;

  // `loop` outlives it.
  explicit Poller(Loop& loop);

  // One turn: waits until something is ready, or until `due`, and tells whom it concerns. One
  // round, never until empty, so that the caller gets his turn between.
  void turn(Tick due);

  // A turn that is to block first looks for so long, again and again: what happens meanwhile costs
  // no wake-up. 0, as at first: it does not.
  void poll_before_blocking(std::chrono::microseconds time) { busy_poll_ = time; }

  // When this turn began, or when it was made.
  [[nodiscard]] Tick now() const { return now_; }

  // The same by the wall clock, which is looked at every 100 ms: a step of it shows that late.
  [[nodiscard]] std::chrono::system_clock::time_point wall() const {
    return wall_ + std::chrono::milliseconds(now_ - wall_read_);
  }

  // Closing the last duplicate of the descriptor takes it out again.
  Status add(int fd, std::uint32_t events, Pollable& pollable);
  Status change(int fd, std::uint32_t events, Pollable& pollable);
  void remove(int fd);

 private:
  [[nodiscard]] int milliseconds_until(Tick due) const;
  [[nodiscard]] int wait_for_events(std::span<epoll_event> events, Tick due) const;
  void read_wall();
  Status control(int operation, int fd, std::uint32_t events, Pollable& pollable);

  Loop& loop_;
  Fd set_;
  std::chrono::microseconds busy_poll_{0};
  Tick now_ = read_clock();
  std::chrono::system_clock::time_point wall_ = std::chrono::system_clock::now();
  Tick wall_read_ = now_;
};

}  // namespace lb::net
