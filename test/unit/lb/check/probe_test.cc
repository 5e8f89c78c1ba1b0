#include "lb/check/probe.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

#include "health/plan.h"
#include "lb/net/address.h"
#include "lb/net/loop.h"
#include "supervisor_rig.h"

using conf::CheckKind;
using conf::CheckStatus;
using namespace std::chrono_literals;

namespace {

// A server on loopback whose connections the test takes itself.
class Listening {
 public:
  Listening() : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const lb::net::SocketAddress address(this->address());
    REQUIRE(bind(fd_.get(), address.data(), address.size()) == 0);
    REQUIRE(listen(fd_.get(), 16) == 0);
    lb::net::SocketAddress bound;
    REQUIRE(getsockname(fd_.get(), bound.room(), bound.length()) == 0);
    port_ = bound.peer().port;
  }
  [[nodiscard]] conf::Address address() const {
    conf::Address address;
    address.ip = {127, 0, 0, 1};
    address.port = port_;
    return address;
  }
  [[nodiscard]] lb::net::Fd accept() const {
    return lb::net::Fd(::accept(fd_.get(), nullptr, nullptr));
  }
  void close() { fd_.reset(); }

 private:
  lb::net::Fd fd_;
  std::uint16_t port_ = 0;
};

// A probe with a set and a wheel of its own.
class Rig final : public lb::check::ProbeOwner {
 public:
  Rig() : poller(loop), wheel(poller.now()), probe({poller, wheel}, *this) {}

  void start(const health::Plan& plan, const conf::Address& to, std::chrono::milliseconds limit) {
    route = {.backend = &world.backend,
             .address = to,
             .send_proxy = std::nullopt,
             .connect_limit = limit};
    probe.start(plan, route, false);
  }
  // Turns until it has ended.
  void run() {
    while (!verdict && !postponed) {
      poller.turn(wheel.next());
      wheel.advance(poller.now());
    }
  }
  void on_verdict(health::Verdict told) override { verdict = std::move(told); }
  void on_postponed(int /*error*/) override { postponed = true; }

  // Lets time pass in which this process does nothing.
  static void stall(std::chrono::milliseconds time) {
    const lb::net::Tick until = lb::net::read_clock() + static_cast<lb::net::Tick>(time.count());
    while (lb::net::read_clock() < until) continue;
  }

  SupervisorRig world;
  lb::net::Loop loop;
  lb::net::Poller poller;
  lb::net::TimerWheel wheel;
  lb::check::Route route;
  lb::check::Probe probe;
  std::optional<health::Verdict> verdict;
  bool postponed = false;
};

health::Plan plan_of(CheckKind kind) { return health::make_plan({.kind = kind}); }

}  // namespace

TEST_CASE("a probe finds a server that takes connections, and one that does not", "[lb]") {
  const health::Plan plan = plan_of(CheckKind::kTcp);
  Listening server;
  Rig well;
  well.start(plan, server.address(), 5s);
  well.run();
  CHECK(well.verdict->status == CheckStatus::kL4Ok);

  server.close();
  Rig refused;
  refused.start(plan, server.address(), 5s);
  refused.run();
  CHECK(refused.verdict->status == CheckStatus::kL4Connection);
  CHECK(refused.verdict->info == "Connection refused");
}

TEST_CASE("a probe's connection ends by a reset, which leaves no port waiting", "[lb]") {
  const health::Plan plan = plan_of(CheckKind::kTcp);
  const Listening server;
  Rig rig;
  rig.start(plan, server.address(), 5s);
  rig.run();

  const lb::net::Fd theirs = server.accept();
  char byte = 0;
  CHECK(recv(theirs.get(), &byte, 1, 0) == -1);
  CHECK(errno == ECONNRESET);
}

TEST_CASE("an answer that has come in time counts, though this process was late to look", "[lb]") {
  const health::Plan plan = plan_of(CheckKind::kRedis);
  const Listening server;
  Rig rig;
  rig.start(plan, server.address(), 50ms);
  const lb::net::Fd theirs = server.accept();
  const std::string pong = "+PONG\r\n";
  REQUIRE(write(theirs.get(), pong.data(), pong.size()) == 7);

  Rig::stall(400ms);
  rig.wheel.advance(lb::net::read_clock());  // before anything is polled

  REQUIRE(rig.verdict);
  CHECK(rig.verdict->status == CheckStatus::kL7Ok);
}

TEST_CASE("a silent server is told by time, but not if this process was late itself", "[lb]") {
  const health::Plan plan = plan_of(CheckKind::kRedis);
  const Listening server;
  Rig in_time;
  in_time.start(plan, server.address(), 50ms);
  in_time.run();
  CHECK(in_time.verdict->status == CheckStatus::kL7Timeout);

  Rig late;
  late.start(plan, server.address(), 50ms);
  Rig::stall(400ms);
  late.run();
  CHECK(late.postponed);
}

TEST_CASE("a cancelled probe says nothing any more", "[lb]") {
  const health::Plan plan = plan_of(CheckKind::kRedis);
  const Listening server;
  Rig rig;
  rig.start(plan, server.address(), 20ms);

  rig.probe.cancel();
  Rig::stall(50ms);
  rig.wheel.advance(lb::net::read_clock());

  CHECK_FALSE(rig.verdict);
  CHECK_FALSE(rig.postponed);
  CHECK(rig.wheel.scheduled() == 0);
}
