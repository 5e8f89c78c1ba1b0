#pragma once

#include <poll.h>
#include <sys/epoll.h>

#include <cstdint>

#include "conf/model.h"
#include "lb/net/fd.h"
#include "lb/net/opener.h"
#include "lb/net/poller.h"

namespace lb::proxy {

class Endpoint;

// Who is told that one of its two sockets has news.
class EndpointOwner {
 public:
  virtual void on_endpoint(Endpoint& endpoint) = 0;

 protected:
  ~EndpointOwner() = default;
};

// One socket of a session and what is known of it without asking the kernel. Edge-triggered: a bit
// stays until a call proves it wrong.
class Endpoint final : public net::Pollable {
 public:
  explicit Endpoint(EndpointOwner& owner) : owner_(owner) {}
  ~Endpoint() = default;
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  // Takes a socket and puts it into the worker's set, once for its whole life. `late` are options
  // that tune() sets, null when it has them all; they outlive this.
  net::Status open(net::Fd fd, net::Poller& poller, const conf::Tcp* late = nullptr) {
    fd_ = std::move(fd);
    late_ = late;
    readable = writable = urgent = fin_told = failed = hung_up = reset = false;
    return poller.add(fd_.get(), net::Poller::kEdge, *this);
  }
  void close() { fd_.reset(); }

  // Sets the options that a session of one small question and answer does without, which spares it
  // three system calls. Due before a second send, which must not be delayed for the first one's
  // acknowledgement, and once the session has some age, so that a dead peer is found.
  void tune() {
    if (late_ == nullptr) return;
    static_cast<void>(net::set_options(fd_.get(), *late_));
    late_ = nullptr;
  }
  [[nodiscard]] bool tuned() const { return late_ == nullptr; }

  [[nodiscard]] bool is_open() const { return static_cast<bool>(fd_); }
  [[nodiscard]] int fd() const { return fd_.get(); }

  void on_ready(std::uint32_t events) override {
    if (!is_open()) return;
    if ((events & (EPOLLIN | EPOLLPRI | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) readable = true;
    if ((events & (EPOLLOUT | EPOLLHUP | EPOLLERR)) != 0) writable = true;
    if ((events & EPOLLPRI) != 0) urgent = true;
    if ((events & EPOLLERR) != 0) failed = true;
    // A reset raises RDHUP as well; only without an error it tells of a FIN.
    if ((events & EPOLLRDHUP) != 0 && !failed && !reset) fin_told = true;
    if ((events & EPOLLHUP) != 0) hung_up = true;
    owner_.on_endpoint(*this);
  }

  // Looks for news that the worker's set has not told yet; whether there is any for one that waits
  // for its connection. The owner has been told of it then.
  bool look() {
    pollfd look{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
    static_assert(POLLOUT == EPOLLOUT && POLLERR == EPOLLERR && POLLHUP == EPOLLHUP);
    if (poll(&look, 1, 0) != 1) return false;
    on_ready(static_cast<std::uint32_t>(look.revents));
    return true;
  }

  // Its end is, or may be, no plain FIN.
  [[nodiscard]] bool broken() const { return failed || hung_up || reset; }

  bool readable = false;  // recv() may have something: bytes, the end, or an error
  bool writable = false;  // send() may take something
  bool urgent = false;    // an urgent mark may lie ahead, where recv() and splice() stop short
  bool fin_told = false;  // the peer's FIN has arrived, behind what is still to be read
  bool failed = false;    // the kernel has an error to tell
  bool hung_up = false;   // both directions are over, by FINs or by a reset
  bool reset = false;     // a write has met the peer's RST; what reads as end of stream is not one

 private:
  net::Fd fd_;
  const conf::Tcp* late_ = nullptr;
  EndpointOwner& owner_;
};

}  // namespace lb::proxy
