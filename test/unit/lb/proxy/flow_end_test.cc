#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cerrno>
#include <thread>

#include "test/unit/lb/proxy/flow_rig.h"

// How a flow ends: what was sent before the end comes first, and which end it was is not lost.
namespace {

using test::FlowRig;
using test::Received;
using test::write_stream;
using State = lb::proxy::Flow::State;

constexpr std::uint64_t kBehind = std::uint64_t{4} * 1024 * 1024;

void reset(int fd) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

// Takes 64 KiB at a time, with other work of a scheduler's turn between.
Received read_slowly(int fd) {
  Received all;
  std::vector<std::byte> bytes(65536);
  for (;;) {
    std::this_thread::yield();
    const ssize_t n = recv(fd, bytes.data(), bytes.size(), 0);
    if (n <= 0) return all;
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i)
      all.right = all.right && bytes[i] == test::pattern(all.bytes + i);
    all.bytes += static_cast<std::uint64_t>(n);
  }
}

}  // namespace

TEST_CASE("a FIN ends a flow after its last byte was taken", "[lb]") {
  const bool may_splice = GENERATE(false, true);
  FlowRig rig(may_splice);

  const Received received = rig.run(
      [](int sender) {
        write_stream(sender, 0, kBehind);
        shutdown(sender, SHUT_WR);
      },
      read_slowly);

  CHECK(rig.flow.state() == State::kEnded);
  CHECK(received.bytes == kBehind);
  CHECK(received.right);
}

TEST_CASE("a reset ends a flow as lost, after every byte that had come before it", "[lb]") {
  const bool may_splice = GENERATE(false, true);
  FlowRig rig(may_splice);

  const Received received = rig.run(
      [&](int sender) {
        write_stream(sender, 0, kBehind);
        reset(sender);
        rig.sender.reset();
      },
      read_slowly);

  CHECK(rig.flow.state() == State::kLost);
  CHECK(received.bytes == rig.flow.bytes());
  CHECK(received.right);
}

TEST_CASE("a reset told before the last bytes were read is found without another event", "[lb]") {
  struct Deaf final : lb::proxy::EndpointOwner {
    void on_endpoint(lb::proxy::Endpoint&) override {}
  } owner;
  lb::net::Loop loop;
  lb::net::Poller poller(loop);
  lb::net::PipePool pool;
  std::vector<std::byte> scratch(65536);
  lb::proxy::Mover mover{.scratch = scratch, .pipes = pool};
  lb::proxy::Flow flow(false);
  lb::proxy::Endpoint in(owner);
  lb::proxy::Endpoint out(owner);
  auto [sender, from] = test::tcp_pair();
  auto [to, receiver] = test::tcp_pair();
  const int from_fd = from.get();
  REQUIRE(in.open(std::move(from), poller).ok());
  REQUIRE(out.open(std::move(to), poller).ok());

  write_stream(sender.get(), 0, 1000);
  reset(sender.get());
  sender.reset();
  pollfd wanted{.fd = from_fd, .events = POLLIN, .revents = 0};
  while ((wanted.revents & POLLERR) == 0) REQUIRE(poll(&wanted, 1, 10'000) == 1);
  in.on_ready(EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR);
  out.on_ready(EPOLLOUT);
  flow.pump(in, out, mover);

  CHECK(flow.state() == State::kLost);
  CHECK(flow.bytes() == 1000);
}

TEST_CASE("what comes for a receiver that is gone is dropped until the sender ends", "[lb]") {
  const bool may_splice = GENERATE(false, true);
  FlowRig rig(may_splice);

  rig.run(
      [](int sender) {
        write_stream(sender, 0, kBehind);
        shutdown(sender, SHUT_WR);
      },
      [&](int receiver) {
        reset(receiver);
        rig.receiver.reset();
        return Received{};
      });

  CHECK(rig.flow.out_lost());
  CHECK(rig.flow.state() == State::kEnded);
  CHECK(rig.flow.bytes() < kBehind);
}
