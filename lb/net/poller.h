#pragma once

#include <sys/epoll.h>

#include <cstdint>

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

// One epoll set for the data sockets and listeners of a worker; its descriptor is a poll handle in
// the worker's libuv loop, which keeps libuv's per-socket bookkeeping (11 of 29 system calls a
// connection) away.
class Poller {
 public:
  static constexpr std::uint32_t kEdge =
      EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLPRI | EPOLLET;  // for data sockets
  static constexpr std::uint32_t kLevel = EPOLLIN;           // for listeners
  static constexpr std::uint32_t kPaused = 0;

  explicit Poller(Loop& loop);

  // Closing the last duplicate of the descriptor takes it out again.
  Status add(int fd, std::uint32_t events, Pollable& pollable);
  Status change(int fd, std::uint32_t events, Pollable& pollable);
  void remove(int fd);

 private:
  Status control(int operation, int fd, std::uint32_t events, Pollable& pollable);
  void deliver();

  Fd set_;
  Readable readable_;
};

}  // namespace lb::net
