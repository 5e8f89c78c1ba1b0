#include "bench/load/loop.h"

#include <array>
#include <cerrno>
#include <system_error>
#include <utility>

namespace bench {
namespace {

constexpr int kEventsPerTurn = 256;

void must(int result, const char* call) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), call);
}

}  // namespace

Loop::Loop() : set_(epoll_create1(EPOLL_CLOEXEC)) { must(set_.get(), "epoll_create1"); }

void Loop::adopt(std::unique_ptr<Connection> connection, std::uint32_t events) {
  const int fd = connection->fd();
  epoll_event event{.events = events, .data = {.ptr = connection.get()}};
  must(epoll_ctl(set_.get(), EPOLL_CTL_ADD, fd, &event), "epoll_ctl");
  const auto slot = static_cast<std::size_t>(fd);
  if (slot >= connections_.size()) connections_.resize(slot + 1);
  connections_[slot] = std::move(connection);
}

void Loop::listen_to(Connection& connection, std::uint32_t events) {
  epoll_event event{.events = events, .data = {.ptr = &connection}};
  must(epoll_ctl(set_.get(), EPOLL_CTL_MOD, connection.fd(), &event), "epoll_ctl");
}

// A descriptor stands once in a batch, so one that is closed and at once given to another
// connection cannot be told of by mistake.
void Loop::turn(std::chrono::milliseconds most) {
  std::array<epoll_event, kEventsPerTurn> events;
  const int count =
      epoll_wait(set_.get(), events.data(), kEventsPerTurn, static_cast<int>(most.count()));
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events[static_cast<std::size_t>(i)];
    auto* connection = static_cast<Connection*>(event.data.ptr);
    if (connection->on_ready(event.events) == Connection::Next::kStay) continue;
    const std::unique_ptr<Connection> closed =
        std::move(connections_[static_cast<std::size_t>(connection->fd())]);
  }
}

}  // namespace bench
