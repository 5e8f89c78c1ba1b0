#include "lb/net/poller.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

#include "lb/net/system_call.h"

namespace lb::net {
namespace {

constexpr int kEventsPerTurn = 256;
constexpr Tick kWallAgain = 100;  // ms

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
  const int count = wait_for_events(events, std::min(due, loop_.due()));
  now_ = read_clock();
  if (now_ - wall_read_ >= kWallAgain) read_wall();
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

int Poller::wait_for_events(std::span<epoll_event> events, Tick due) const {
  const int timeout = milliseconds_until(due);
  if (timeout != 0 && busy_poll_.count() != 0) {
    const auto enough = std::chrono::steady_clock::now() + busy_poll_;
    do {
      if (const int count = wait(set_.get(), events, 0); count != 0) return count;
    } while (std::chrono::steady_clock::now() < enough);
    const auto spent = std::chrono::ceil<std::chrono::milliseconds>(busy_poll_).count();
    return wait(set_.get(), events,
                timeout < 0 ? timeout : std::max(timeout - static_cast<int>(spent), 0));
  }
  return wait(set_.get(), events, timeout);
}

void Poller::read_wall() {
  wall_ = std::chrono::system_clock::now();
  wall_read_ = now_;
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
