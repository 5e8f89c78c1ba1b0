#include <fcntl.h>
#include <sys/socket.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cerrno>

#include "test/unit/lb/proxy/flow_rig.h"

// What splice(2) changes and what it must not change: every byte, in order.
namespace {

using test::FlowRig;
using test::write_stream;
using State = lb::proxy::Flow::State;

constexpr std::uint64_t kBulk = std::uint64_t{64} * 1024 * 1024;

std::atomic<int> calls;
std::atomic<int> refuse_from;

// The kernel's splice until the call numbered `refuse_from`, then refused for ever.
ssize_t refused_in_mid_stream(int from, int to, std::size_t size) {
  if (++calls >= refuse_from) {
    errno = EINVAL;
    return -1;
  }
  return lb::proxy::splice_nonblocking(from, to, size);
}

auto bulk(std::uint64_t bytes) {
  return [bytes](int sender) {
    write_stream(sender, 0, bytes);
    shutdown(sender, SHUT_WR);
  };
}

}  // namespace

TEST_CASE("bulk is spliced and arrives unchanged", "[lb]") {
  FlowRig rig(true);

  const test::Received received = rig.run(bulk(kBulk));

  CHECK(received.bytes == kBulk);
  CHECK(received.right);
  CHECK(rig.mover.bytes_spliced > kBulk / 2);
  CHECK(rig.flow.bytes() == kBulk);
}

TEST_CASE("a flow that may not splice, or finds no pipe, copies", "[lb]") {
  const bool may = GENERATE(false, true);
  FlowRig rig(may, 0);

  const test::Received received = rig.run(bulk(kBulk));

  CHECK(received.bytes == kBulk);
  CHECK(received.right);
  CHECK(rig.mover.bytes_spliced == 0);
  CHECK(rig.mover.bytes_copied == kBulk);
}

TEST_CASE("splice refused in mid-stream falls back to copying without losing a byte", "[lb]") {
  // Odd calls fill the pipe and even ones empty it, as long as the receiver keeps up; so both are
  // met.
  const int when = GENERATE(1, 2, 3, 4, 17, 18, 99, 100);
  CAPTURE(when);
  calls = 0;
  refuse_from = when;
  FlowRig rig(true, 2, refused_in_mid_stream);

  const test::Received received = rig.run(bulk(kBulk));

  CHECK(calls >= when);
  CHECK(received.bytes == kBulk);
  CHECK(received.right);
  CHECK_FALSE(rig.flow.splicing());
}

TEST_CASE("100-byte segments pass in splice mode and bring the flow back to copying", "[lb]") {
  FlowRig rig(true);

  const test::Received received = rig.run([](int sender) {
    write_stream(sender, 0, kBulk / 4);
    write_stream(sender, kBulk / 4, kBulk / 4 + 2'000'000, 100);
    shutdown(sender, SHUT_WR);
  });

  CHECK(received.bytes == kBulk / 4 + 2'000'000);
  CHECK(received.right);
}

TEST_CASE("an urgent mark in mid-stream stops neither copying nor splicing", "[lb]") {
  const bool may_splice = GENERATE(false, true);
  FlowRig rig(may_splice);

  const test::Received received = rig.run([](int sender) {
    for (std::uint64_t at = 0; at < kBulk; at += kBulk / 16) {
      write_stream(sender, at, at + kBulk / 16 - 1);
      const std::byte last = test::pattern(at + kBulk / 16 - 1);
      send(sender, &last, 1, MSG_OOB);
    }
    shutdown(sender, SHUT_WR);
  });

  CHECK(received.bytes == kBulk);
  CHECK(received.right);
}

TEST_CASE("a flow that has nothing to do holds no pipe", "[lb]") {
  FlowRig rig(true, 1);

  const test::Received received = rig.run(bulk(kBulk));

  CHECK(received.bytes == kBulk);
  CHECK(rig.pool.free() == 1);
}
