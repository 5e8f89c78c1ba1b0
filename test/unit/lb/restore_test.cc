#include "lb/restore.h"

#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "test/unit/lb/check/supervisor_rig.h"

namespace {

using balancer::Admin;
using lb::StoredServer;
using lb::check::Restored;
using Health = Restored::Health;

conf::Server server_of(const std::function<void(conf::Server&)>& adapt = {}) {
  conf::Server server;
  server.address = conf::Address{};
  server.weight = 10;
  if (adapt) adapt(server);
  return server;
}

StoredServer stored(std::uint32_t operation, std::uint32_t admin) {
  return {.backend = "app",
          .name = "s1",
          .operation = operation,
          .admin = admin,
          .weight = 10,
          .initial_weight = 10,
          .more = {}};
}

void is_disabled(conf::Server& server) { server.disabled = true; }
void is_checked(conf::Server& server) { server.check.emplace(); }
void has_agent(conf::Server& server) { server.agent.emplace(); }

}  // namespace

TEST_CASE("the administrative state is restored unless the configuration changed it", "[lb]") {
  const auto admin = [](std::uint32_t bits, bool disabled) {
    return lb::restored_of(stored(2, bits), server_of(disabled ? is_disabled : nullptr)).admin;
  };
  CHECK(admin(0, false) == std::nullopt);
  CHECK(admin(1, false) == Admin::kMaint);
  CHECK(admin(8, false) == Admin::kDrain);
  CHECK(admin(9, false) == Admin::kMaint);
  CHECK(admin(5, true) == std::nullopt);   // so by the configuration
  CHECK(admin(4, true) == Admin::kReady);  // an operator had enabled it
  CHECK(admin(12, true) == Admin::kDrain);
  CHECK(admin(0, true) == std::nullopt);   // it has become disabled
  CHECK(admin(5, false) == std::nullopt);  // it is so no more
  CHECK(admin(8, true) == std::nullopt);
  CHECK(admin(2, false) == std::nullopt);  // only the tracked one was
}

TEST_CASE("a server whose address is unknown stays in maintenance", "[lb]") {
  const auto unresolved = [](conf::Server& server) {
    server.address.reset();
    server.disabled = true;
  };
  CHECK(lb::restored_of(stored(2, 4), server_of(unresolved)).admin == std::nullopt);
}

TEST_CASE("a drain for want of weight ends when the configuration gives it some", "[lb]") {
  StoredServer weightless = stored(2, 8);
  weightless.weight = weightless.initial_weight = 0;
  CHECK(lb::restored_of(weightless, server_of()).admin == std::nullopt);
  CHECK(lb::restored_of(weightless, server_of([](conf::Server& s) { s.weight = 0; })).admin ==
        Admin::kDrain);
}

TEST_CASE("a weight and a limit are restored if the configured ones are the same", "[lb]") {
  StoredServer changed = stored(2, 0);
  changed.weight = 3;
  changed.more = {.maxconn = 20, .initial_maxconn = 100};
  const auto same = lb::restored_of(changed, server_of([](conf::Server& s) { s.maxconn = 100; }));
  CHECK(same.weight == 3);
  CHECK(same.maxconn == 20);

  const auto other = lb::restored_of(changed, server_of([](conf::Server& s) {
                                       s.weight = 11;
                                       s.maxconn = 50;
                                     }));
  CHECK(other == Restored{});
  CHECK(lb::restored_of(stored(2, 0), server_of()) == Restored{});
}

TEST_CASE("health is restored where something can bring it back", "[lb]") {
  const auto health = [](std::uint32_t operation, const auto& adapt) {
    return lb::restored_of(stored(operation, 0), server_of(adapt));
  };
  CHECK(health(0, is_checked).health == Health::kDown);
  CHECK(health(1, is_checked).health == Health::kUp);
  CHECK(health(2, is_checked).health == Health::kUp);
  CHECK(health(3, is_checked).health == Health::kStopping);
  CHECK(health(2, nullptr).health == Health::kAsConfigured);
  CHECK(health(0, nullptr).health == Health::kDown);  // as an operator has said
  CHECK(health(0, has_agent) == Restored{.agent_down = true});
  CHECK(health(0, [](conf::Server& s) { s.track.emplace(); }) == Restored{});
  CHECK(lb::restored_of(stored(0, 1), server_of(is_checked)).health == Health::kAsConfigured);
}

TEST_CASE("one that was ejected, or down by an agent it has no more, is as configured", "[lb]") {
  StoredServer down = stored(0, 0);
  down.more.ejected = true;
  CHECK(lb::restored_of(down, server_of(is_checked)) == Restored{});
  down.more = {.agent_down = true};
  CHECK(lb::restored_of(down, server_of(is_checked)) == Restored{});
  CHECK(lb::restored_of(down, server_of(has_agent)) == Restored{.agent_down = true});
}

TEST_CASE("checks and agents that were switched off stay off", "[lb]") {
  StoredServer off = stored(2, 0);
  off.check_state = 2;
  off.agent_state = 18;
  CHECK(lb::restored_of(off, server_of(is_checked)).checks_off);
  CHECK_FALSE(lb::restored_of(off, server_of()).checks_off);
  CHECK(lb::restored_of(off, server_of(has_agent)).agent_off);
  off.check_state = 6;
  off.agent_state = 0;
  CHECK_FALSE(lb::restored_of(off, server_of(is_checked)).checks_off);
  CHECK_FALSE(lb::restored_of(off, server_of(has_agent)).agent_off);
}

TEST_CASE("a drain goes on with what is left of its time", "[lb]") {
  using Mode = balancer::DrainOrder::Mode;
  using std::chrono::milliseconds;
  const std::chrono::system_clock::time_point now(milliseconds(1'000'000));
  StoredServer drained = stored(2, 8);
  CHECK_FALSE(lb::wish_of(drained, now));

  drained.more.drain = {.mode = Mode::kDeadline, .until = 1'060'000, .quiet_time = 300, .pace = 7};
  const auto wish = lb::wish_of(drained, now);
  REQUIRE(wish);
  CHECK(wish->mode == Mode::kDeadline);
  CHECK(wish->deadline == milliseconds(60'000));
  CHECK(wish->quiet_time == milliseconds(300));
  CHECK(wish->pace == 7);

  drained.more.drain->until = 999'000;
  CHECK(lb::wish_of(drained, now)->deadline == milliseconds(1));
  drained.more.drain->mode = Mode::kNatural;
  CHECK_FALSE(lb::wish_of(drained, now)->deadline);
}

TEST_CASE("what is restored is told as HAProxy tells it", "[lb]") {
  const auto notes_of = [](const Restored& before) {
    SupervisorRig rig;
    rig.supervisor.restore(rig.place(0), before);
    return rig.notes;
  };
  const std::string online = "2 active and 1 backup servers";
  const std::string reload = ", changed from server-state after a reload";
  const std::string left =
      reload + ". " + online + " left. 0 sessions active, 0 requeued, 0 remaining in queue.";
  using Notes = std::vector<std::string>;
  CHECK(notes_of({.health = Health::kDown}) == Notes{"alert: Server app/s1 is DOWN" + left});
  CHECK(notes_of({.admin = Admin::kMaint}) ==
        Notes{"alert: Server app/s1 is going DOWN for maintenance" + left});
  CHECK(notes_of({.admin = Admin::kDrain}) ==
        Notes{"notice: Server app/s1 enters drain state" + reload + ". " + online +
              " online. 0 sessions requeued, 0 total in queue."});
  CHECK(notes_of({.weight = 3, .maxconn = 20, .checks_off = true}) ==
        Notes{"notice: Server app/s1 has weight 3 (initial 1), maxconn 20, no health checks" +
              reload + "."});
  CHECK(notes_of({.health = Health::kUp}).empty());
}
