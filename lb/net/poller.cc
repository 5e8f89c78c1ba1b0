#include "lb/net/poller.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "lb/net/system_call.h"

namespace lb::net {
namespace {

constexpr int kEventsPerTurn = 256;

Fd make_set() {
  Fd set(epoll_create1(EPOLL_CLOEXEC));
  if (!set) throw std::runtime_error("epoll_create1: " + Status(errno).message());
  return set;
}

}  // namespace

Poller::Poller(Loop& loop) : loop_(loop), set_(make_set()) {
  epoll_event event{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (epoll_ctl(set_.get(), EPOLL_CTL_ADD, loop.backend(), &event) != 0)
    throw std::runtime_error("epoll_ctl: " + Status(errno).message());
}

void Poller::turn(Tick due) {
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = wait(set_.get(), events, milliseconds_until(std::min(due, loop_.due())));
  now_ = read_clock();
  bool loop_is_due = loop_.due() <= now_;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr) {
      loop_is_due = true;
    } else {
      static_cast<Pollable*>(event.data.ptr)->on_ready(event.events);
    }
  }
  if (loop_is_due) loop_.run_ready();
}

// In the form that epoll_wait() takes.
int Poller::milliseconds_until(Tick due) const {
  if (due == kNever) return -1;
  if (due <= now_) return 0;
  return static_cast<int>(std::min<Tick>(due - now_, std::numeric_limits<int>::max()));
}

Status Poller::add(int fd, std::uint32_t events, Pollable& pollable) {
  return control(EPOLL_CTL_ADD, fd, events, pollable);
}

Status Poller::change(int fd, std::uint32_t events, Pollable& pollable) {
  return control(EPOLL_CTL_MOD, fd, events, pollable);
}

void Poller::remove(int fd) { epoll_ctl(set_.get(), EPOLL_CTL_DEL, fd, nullptr); }

Status Poller::control(int operation, int fd, std::uint32_t events, Pollable& pollable) {
  epoll_event event{.events = events, .data = {.ptr = &pollable}};
  return Status::of(epoll_ctl(set_.get(), operation, fd, &event));
}

}  // namespace lb::net
