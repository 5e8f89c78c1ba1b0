#include "test/unit/lb/proxy/flow_rig.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <stdexcept>

#include "lb/net/opener.h"

namespace test {
namespace {

using lb::net::Fd;

void set_non_blocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

}  // namespace

std::pair<Fd, Fd> tcp_pair() {
  const Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (bind(listener.get(), generic, size) != 0 || listen(listener.get(), 1) != 0 ||
      getsockname(listener.get(), generic, &size) != 0)
    throw std::runtime_error("no listening socket on loopback");
  Fd near(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (connect(near.get(), generic, size) != 0)
    throw std::runtime_error("no connection on loopback");
  Fd far(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const int on = 1;
  for (const int fd : {near.get(), far.get()})
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  return {std::move(near), std::move(far)};
}

void write_stream(int fd, std::uint64_t from, std::uint64_t to, std::size_t chunk) {
  std::vector<std::byte> bytes(chunk);
  while (from < to) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(chunk, to - from));
    for (std::size_t i = 0; i < size; ++i) bytes[i] = pattern(from + i);
    std::size_t sent = 0;
    while (sent < size) {
      const ssize_t n = send(fd, bytes.data() + sent, size - sent, MSG_NOSIGNAL);
      if (n < 0) return;
      sent += static_cast<std::size_t>(n);
    }
    from += size;
  }
}

Received read_stream(int fd) {
  Received received;
  std::vector<std::byte> bytes(std::size_t{256} * 1024);
  for (;;) {
    const ssize_t n = recv(fd, bytes.data(), bytes.size(), 0);
    if (n == 0) return received;
    if (n < 0) {
      received.error = errno;
      return received;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
      received.right = received.right && bytes[i] == pattern(received.bytes + i);
    received.bytes += static_cast<std::uint64_t>(n);
  }
}

FlowRig::FlowRig(bool may_splice, std::size_t pipes, lb::proxy::SpliceCall splice)
    : pool(pipes),
      flow(may_splice),
      mover{.scratch = {}, .pipes = pool, .splice = splice},
      scratch_(65536),
      poller_(loop_),
      in_(*this),
      out_(*this) {
  mover.scratch = scratch_;
  auto [from, in] = tcp_pair();
  auto [out, to] = tcp_pair();
  sender = std::move(from);
  receiver = std::move(to);
  for (const int fd : {in.get(), out.get()}) {
    set_non_blocking(fd);
    const bool set = lb::net::keep_urgent_in_line(fd).ok() && lb::net::set_options(fd, {}).ok();
    if (!set) throw std::runtime_error("socket options");
  }
  if (!in_.open(std::move(in), poller_).ok() || !out_.open(std::move(out), poller_).ok())
    throw std::runtime_error("the epoll set refuses a socket");
}

FlowRig::~FlowRig() { flow.stop(mover); }

Received FlowRig::run(const std::function<void(int)>& feed,
                      const std::function<Received(int)>& take) {
  Received received;
  std::thread feeder([&] { feed(sender.get()); });
  std::thread taker([&] { received = take(receiver.get()); });
  while (flow.state() == lb::proxy::Flow::State::kOpen) {
    poller_.turn(more_ ? poller_.now() : lb::net::kNever);
    if (more_) pump();
  }
  shutdown(out_.fd(), SHUT_WR);
  feeder.join();
  taker.join();
  return received;
}

void FlowRig::on_endpoint(lb::proxy::Endpoint&) { pump(); }

void FlowRig::pump() { more_ = flow.pump(in_, out_, mover) == lb::proxy::Flow::Turn::kMore; }

}  // namespace test
