#pragma once

#include <sys/epoll.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "lb/net/fd.h"

namespace bench {

using Clock = std::chrono::steady_clock;

// One descriptor and what is done when it is ready. It belongs to the loop.
class Connection {
 public:
  enum class Next : std::uint8_t { kStay, kClose };

  explicit Connection(lb::net::Fd fd) : fd_(std::move(fd)) {}
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `events` are EPOLL* bits. The answer kClose destroys it.
  virtual Next on_ready(std::uint32_t events) = 0;

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  lb::net::Fd fd_;
};

// A level-triggered epoll set that owns what is in it.
class Loop {
 public:
  Loop();

  // Takes the connection over; the reference is good until its on_ready() answers kClose.
  template <typename C>
  C& add(std::unique_ptr<C> connection, std::uint32_t events) {
    C& added = *connection;
    adopt(std::move(connection), events);
    return added;
  }
  void listen_to(Connection& connection, std::uint32_t events);

  // Serves what is ready, after waiting for it at most so long. Zero: does not wait.
  void turn(std::chrono::milliseconds most);

 private:
  void adopt(std::unique_ptr<Connection> connection, std::uint32_t events);

  lb::net::Fd set_;
  std::vector<std::unique_ptr<Connection>> connections_;  // by descriptor
};

}  // namespace bench
