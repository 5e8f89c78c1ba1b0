#include "lb/proxy/listener.h"

#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "lb/net/system_call.h"

namespace lb::proxy {
namespace {

constexpr int kAcceptsPerTurn = 64;
constexpr net::Tick kExhaustedPause = 100;  // ms
constexpr net::Tick kSettle = 10;           // ms for handshakes that are under way

// Drops SYNs that begin a connection and lets everything else through, so that handshakes under way
// complete. A classic BPF program (Documentation/networking/filter.rst); it sees the packet from
// its TCP header on.
net::Status refuse_new_connections(int fd) {
  constexpr std::uint32_t kFlags = 13;  // offset of the flags in a TCP header
  constexpr std::uint32_t kSyn = 0x02;
  std::array<sock_filter, 4> program{{
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, kFlags),
      BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, kSyn, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, 0),
      BPF_STMT(BPF_RET | BPF_K, 0xFFFFFFFF),
  }};
  const sock_fprog filter{.len = program.size(), .filter = program.data()};
  return net::Status::of(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof(filter)));
}

bool out_of_something(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM ||
         error == EPERM;
}

}  // namespace

Listener::Listener(ListenerOwner& owner, Frontend& frontend, const conf::Bind& bind, net::Fd fd,
                   net::Poller& poller, net::TimerWheel& wheel)
    : owner_(owner),
      frontend_(frontend),
      bind_(bind),
      fd_(std::move(fd)),
      poller_(poller),
      wheel_(wheel) {}

net::Status Listener::start() { return poller_.add(fd_.get(), events_, *this); }

void Listener::on_ready(std::uint32_t) {
  if (fd_ && events_ != net::Poller::kPaused) attempt();
}

void Listener::resume() {
  if (has_use_for_slot() && events_ == net::Poller::kPaused) attempt();
}

void Listener::disable() {
  if (!fd_ || stopping_) return;
  disabled_ = true;
  too_fast_for_ = 0;
  net::TimerWheel::cancel(*this);
  listen_to(net::Poller::kPaused);
}

void Listener::enable() {
  if (std::exchange(disabled_, false) && fd_) attempt();
}

void Listener::rate_changed() {
  if (std::exchange(too_fast_for_, 0) == 0 || !fd_) return;
  net::TimerWheel::cancel(*this);
  attempt();
}

void Listener::stop() {
  if (!fd_ || std::exchange(stopping_, true)) return;
  disabled_ = false;
  too_fast_for_ = 0;
  // Refused by a kernel without BPF: then a client whose handshake ends just now is reset, as
  // elsewhere.
  if (bind_.address.family != conf::Family::kUnix)
    static_cast<void>(refuse_new_connections(fd_.get()));
  wheel_.schedule(*this, owner_.now() + kSettle);
}

void Listener::on_due() {
  settled_ = stopping_;
  if (fd_) attempt();
}

void Listener::attempt() {
  switch (accept_some()) {
    case Found::kClients:
      listen_to(net::Poller::kLevel);
      if (settled_) wheel_.schedule(*this, owner_.now());  // again, until nobody is found
      return;
    case Found::kNobody:
      return settled_ ? close_for_good() : listen_to(net::Poller::kLevel);
    case Found::kFull:
      // A limit of 0 never has room, so who waits would hold up the stop for ever.
      if (settled_ && frontend_.limit.max() == 0) return close_for_good();
      return listen_to(net::Poller::kPaused);
    case Found::kTooFast:
      owner_.too_fast(*this);
      listen_to(net::Poller::kPaused);
      wheel_.schedule(*this, owner_.now() + too_fast_for_);
      return;
    case Found::kExhausted:
      listen_to(net::Poller::kPaused);
      wheel_.schedule(*this, owner_.now() + kExhaustedPause);
      return;
  }
}

Listener::Found Listener::accept_some() {
  // A client that comes alone costs no second accept() in vain: only a listener that is ready again
  // in the very next turn has more of them waiting.
  const bool again = owner_.turn() == last_turn_ + 1;
  last_turn_ = owner_.turn();
  batch_ = again ? std::min(2 * batch_, kAcceptsPerTurn) : 1;
  const int most = stopping_ ? kAcceptsPerTurn : batch_;
  for (int count = 0; count < most; ++count) {
    too_fast_for_ = 0;
    if (!owner_.reserve(frontend_)) return Found::kFull;
    // Who has connected before a stop is let in without a look at the rate.
    if (!stopping_) too_fast_for_ = frontend_.take_rates(owner_.now());
    if (too_fast_for_ != 0) {
      owner_.unreserve(frontend_);
      return Found::kTooFast;
    }
    net::SocketAddress client;
    net::Fd fd(net::accept(fd_.get(), client.room(), client.length()));
    if (fd) {
      owner_.accepted(*this, std::move(fd), client);
      continue;
    }
    const int error = errno;
    owner_.unreserve(frontend_);
    if (!stopping_) frontend_.give_back_rates();
    if (error == EAGAIN) {
      batch_ = std::max(count, 1);
      return Found::kNobody;
    }
    if (out_of_something(error)) {
      owner_.exhausted(*this, net::Status(error));
      return Found::kExhausted;
    }
    // Otherwise the fault is that client's: it has gone before it was accepted.
  }
  return Found::kClients;
}

void Listener::close_for_good() {
  close();
  owner_.closed(*this);
}

void Listener::listen_to(std::uint32_t events) {
  if (std::exchange(events_, events) != events)
    static_cast<void>(poller_.change(fd_.get(), events, *this));
}

// Taken out of the set by name: while another worker holds the same socket, closing would leave it
// in there.
void Listener::close() {
  if (!fd_) return;
  net::TimerWheel::cancel(*this);
  poller_.remove(fd_.get());
  fd_.reset();
}

}  // namespace lb::proxy
