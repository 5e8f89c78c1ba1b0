#include "lb/net/poller.h"

#include <array>
#include <stdexcept>

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

void Poller::turn(std::optional<Tick> due) {
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = epoll_wait(set_.get(), events.data(), kEventsPerTurn, loop_.patience(due));
  loop_.update_clock();
  bool loop_is_ready = loop_.patience({}) == 0;
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    if (event.data.ptr == nullptr) {
      loop_is_ready = true;
    } else {
      static_cast<Pollable*>(event.data.ptr)->on_ready(event.events);
    }
  }
  if (loop_is_ready) loop_.run_ready();
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
