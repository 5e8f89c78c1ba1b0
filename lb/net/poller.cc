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

Poller::Poller(Loop& loop) : set_(make_set()), readable_(loop, set_.get(), [this] { deliver(); }) {}

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

// One round an outer event, never until empty: timers and messages get their turn between.
void Poller::deliver() {
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = epoll_wait(set_.get(), events.data(), kEventsPerTurn, 0);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    static_cast<Pollable*>(event.data.ptr)->on_ready(event.events);
  }
}

}  // namespace lb::net
