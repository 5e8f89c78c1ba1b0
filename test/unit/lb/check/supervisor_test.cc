#include "lb/check/supervisor.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "supervisor_rig.h"

using balancer::Admin;
using balancer::Crossing;
using balancer::Health;
using conf::CheckStatus;
using health::AgentReport;
using lb::telemetry::Cause;
using namespace std::chrono_literals;

namespace {

using Notes = std::vector<std::string>;
using Shut = std::vector<std::pair<balancer::ServerId, Cause>>;

void observed(conf::Backend& config) {
  for (conf::Server& server : config.servers)
    server.observe = {.error_limit = 5, .on_error = conf::Observe::Action::kEject};
  config.ejection = {.time = 10s, .longest = 60s, .most = 50};
}

}  // namespace

TEST_CASE("a server that goes down and comes back is told in HAProxy's words", "[lb]") {
  SupervisorRig rig;

  rig.goes_down(0);
  rig.comes_up(0);

  CHECK(rig.notes ==
        Notes{"alert: Server app/s1 is DOWN, reason: Layer4 connection problem, check duration: "
              "7ms. 2 active and 1 backup servers left. 0 sessions active, 0 requeued, 0 remaining "
              "in queue.",
              "notice: Server app/s1 is UP, reason: Layer4 check passed, check duration: 7ms. 3 "
              "active and 1 backup servers online. 0 sessions requeued, 0 total in queue."});
}

TEST_CASE("a failure that leaves a server up is told to nobody, and known", "[lb]") {
  SupervisorRig rig;

  rig.supervisor.judged(rig.judgement(0, CheckStatus::kL4Connection, true, 1, 3));

  CHECK(rig.notes.empty());
  CHECK(rig.facts(0).health == Health::kGoingDown);
}

TEST_CASE("the last server that goes leaves an emergency", "[lb]") {
  SupervisorRig rig;

  for (balancer::ServerId id = 0; id < 4; ++id) rig.goes_down(id);

  REQUIRE(rig.notes.size() == 5);
  CHECK(rig.notes[2].find("Running on backup.") != std::string::npos);
  CHECK(rig.notes[4] == "emerg: backend app has no server available!");
}

TEST_CASE("who tracks a server goes and comes with it", "[lb]") {
  SupervisorRig rig;
  rig.supervisor.follow(rig.place(0), rig.place(2));

  rig.goes_down(0);

  CHECK(rig.facts(2).health == Health::kDown);
  REQUIRE(rig.notes.size() == 2);
  CHECK(rig.notes[1].starts_with("alert: Server app/s3 is DOWN via app/s1. 1 active"));
}

TEST_CASE("who tracks a server that begins down, or is disabled, begins down", "[lb]") {
  SupervisorRig rig([](conf::Backend& config) {
    config.servers[0].check =
        conf::Check{.dialog = nullptr, .init_state = conf::InitState::kFullyDown};
    config.servers[1].check = conf::Check{.dialog = nullptr};
    config.servers[1].disabled = true;
  });

  rig.supervisor.follow(rig.place(0), rig.place(2));
  rig.supervisor.follow(rig.place(1), rig.place(3));
  CHECK(rig.facts(2).health == Health::kDown);
  CHECK(rig.facts(3).health == Health::kDown);
  rig.comes_up(0);

  CHECK(rig.facts(2).health == Health::kUp);
  CHECK(rig.notes.size() == 2);
}

TEST_CASE("a server may want no new sessions, and want them again", "[lb]") {
  SupervisorRig rig;
  lb::check::Judgement stops = rig.judgement(0, CheckStatus::kL7Conditional, true, 3, 3);
  stops.stopping = true;

  rig.supervisor.judged(stops);
  CHECK(rig.facts(0).stopping);
  rig.comes_up(0);

  REQUIRE(rig.notes.size() == 2);
  CHECK(
      rig.notes[0].starts_with("notice: Server app/s1 is stopping, reason: Layer7 check "
                               "conditionally passed"));
  CHECK(rig.notes[1].starts_with("notice: Server app/s1 is UP, "));
}

TEST_CASE("who goes down after taking leave is no alarm, as nobody is left by it", "[lb]") {
  SupervisorRig rig;
  for (balancer::ServerId id = 1; id < 4; ++id) rig.goes_down(id);
  lb::check::Judgement stops = rig.judgement(0, CheckStatus::kL7Conditional, true, 3, 3);
  stops.stopping = true;
  rig.supervisor.judged(stops);
  CHECK(rig.notes.back() == "emerg: backend app has no server available!");
  rig.notes.clear();

  rig.goes_down(0);

  REQUIRE(rig.notes.size() == 1);
  CHECK(rig.notes[0].starts_with("notice: Server app/s1 is DOWN, "));
}

TEST_CASE(
    "sessions end where that was asked for: of the server that is down, of backups when one "
    "is up",
    "[lb]") {
  SupervisorRig rig([](conf::Backend& config) {
    config.servers[0].on_marked_down = conf::OnMarkedDown::kShutdownSessions;
    config.servers[1].on_marked_up = conf::OnMarkedUp::kShutdownBackupSessions;
  });

  rig.goes_down(0);
  rig.goes_down(1);
  rig.comes_up(0);
  CHECK(rig.shut_down == Shut{{0, Cause::kDown}});
  rig.comes_up(1);

  CHECK(rig.shut_down == Shut{{0, Cause::kDown}, {3, Cause::kBetterUp}});
}

TEST_CASE("an agent sets weight, limit and state, and its down is no check's business", "[lb]") {
  SupervisorRig rig;
  const auto says = [&rig](AgentReport report) {
    rig.supervisor.agent_said({.of = rig.place(0), .report = std::move(report), .duration = 1ms});
  };

  says({.percent = 50, .maxconn = 7});
  CHECK(rig.facts(0).agent_percent == 50);
  CHECK(rig.facts(0).maxconn == 7);
  CHECK(rig.notes.empty());

  says({.health = AgentReport::Health::kDown,
        .verdict = {.status = CheckStatus::kL7Wrong, .info = "via agent : down"}});
  rig.comes_up(0);  // its check goes on passing
  CHECK(rig.facts(0).agent_down);
  REQUIRE(rig.notes.size() == 1);
  CHECK(
      rig.notes[0].starts_with("alert: Server app/s1 is DOWN, reason: Layer7 wrong status, "
                               "code: 0, info: \"via agent : down\""));

  says({.admin = AgentReport::Admin::kMaint});
  CHECK(rig.facts(0).admin == Admin::kMaint);
  says({.admin = AgentReport::Admin::kReady, .health = AgentReport::Health::kUp});
  CHECK(rig.facts(0).admin == Admin::kReady);
  CHECK(rig.asked == std::vector<balancer::ServerId>{0, 0});  // checks pause, and go on
  CHECK(rig.notes.back().starts_with("notice: Server app/s1 is UP, "));
}

TEST_CASE("what an agent says is told where each result is, and is then no reason", "[lb]") {
  SupervisorRig rig([](conf::Backend& config) { config.log_health_checks = true; });
  const AgentReport down{.health = AgentReport::Health::kDown,
                         .verdict = {.status = CheckStatus::kL7Wrong, .info = "via agent : down"}};

  rig.supervisor.agent_said({.of = rig.place(0), .report = down, .news = true, .duration = 1ms});
  rig.supervisor.agent_said({.of = rig.place(0), .report = down, .news = false, .duration = 1ms});

  REQUIRE(rig.notes.size() == 2);
  CHECK(rig.notes[0] ==
        "notice: Agent check for server app/s1 failed, reason: Layer7 wrong status, code: 0, info: "
        "\"via agent : down\", check duration: 1ms, status: 0/1 DOWN.");
  CHECK(rig.notes[1].starts_with("alert: Server app/s1 is DOWN. 2 active"));
}

TEST_CASE("an agent that takes the last weight away leaves an emergency", "[lb]") {
  SupervisorRig rig;
  for (balancer::ServerId id = 1; id < 4; ++id) rig.goes_down(id);
  rig.notes.clear();

  rig.supervisor.agent_said({.of = rig.place(0), .report = {.percent = 0}, .duration = 1ms});

  CHECK(rig.notes == Notes{"emerg: backend app has no server available!"});
}

TEST_CASE("who goes into maintenance is missed, unless it was down", "[lb]") {
  SupervisorRig rig;
  const auto says = [&rig](balancer::ServerId server, AgentReport::Admin admin) {
    rig.supervisor.agent_said(
        {.of = rig.place(server), .report = {.admin = admin}, .duration = 1ms});
  };
  rig.goes_down(1);
  rig.notes.clear();

  says(0, AgentReport::Admin::kMaint);
  says(1, AgentReport::Admin::kMaint);
  says(0, AgentReport::Admin::kReady);
  says(1, AgentReport::Admin::kDrain);
  says(1, AgentReport::Admin::kReady);

  CHECK(rig.notes ==
        Notes{"alert: Server app/s1 is going DOWN for maintenance. 1 active and 1 backup servers "
              "left. 0 sessions active, 0 requeued, 0 remaining in queue.",
              "notice: Server app/s2 was DOWN and now enters maintenance.",
              "notice: Server app/s1 is UP/READY (leaving forced maintenance).",
              "notice: Server app/s2 is DOWN/DRAIN (leaving forced maintenance).",
              "notice: Server app/s2 is UP (leaving forced drain)."});
}

TEST_CASE("an agent that falls silent after it has taken its server out is told", "[lb]") {
  SupervisorRig rig;
  const auto says = [&rig](AgentReport report) {
    rig.supervisor.agent_said(
        {.of = rig.place(0), .report = std::move(report), .news = false, .duration = 1ms});
  };
  const AgentReport silence = {.verdict = {.status = CheckStatus::kL4Connection}};

  says(silence);
  CHECK(rig.notes.empty());
  says({.percent = 0, .verdict = {.status = CheckStatus::kChecked}});
  for (int i = 0; i < 3; ++i) says(silence);

  REQUIRE(rig.notes.size() == 1);
  CHECK(rig.notes[0] ==
        "warning: Server app/s1 gets no new sessions, as its agent said before it fell silent, "
        "reason: Layer4 connection problem, check duration: 1ms");
}

TEST_CASE("a server that sessions fail at is out for a time, then on trial, then trusted", "[lb]") {
  SupervisorRig rig(observed);

  rig.supervisor.crossed(rig.place(0), Crossing::kErrorLimit);
  CHECK(rig.facts(0).ejected);
  rig.time = 9'999;
  rig.supervisor.pulse();
  CHECK(rig.facts(0).ejected);
  rig.time = 10'000;
  rig.supervisor.pulse();
  CHECK_FALSE(rig.facts(0).ejected);
  CHECK(rig.facts(0).on_trial);

  rig.supervisor.crossed(rig.place(0), Crossing::kTrialFailed);
  rig.time = 29'999;
  rig.supervisor.pulse();
  CHECK(rig.facts(0).ejected);
  rig.time = 30'000;
  rig.supervisor.pulse();
  rig.supervisor.crossed(rig.place(0), Crossing::kTrialPassed);
  CHECK_FALSE(rig.facts(0).on_trial);

  REQUIRE(rig.notes.size() == 5);
  CHECK(rig.notes[0].starts_with(
      "alert: Server app/s1 is DOWN, ejected for 10000ms, reason: 5 sessions in a row have failed. "
      "2 active"));
  CHECK(rig.notes[1].starts_with("notice: Server app/s1 is UP, on trial"));
  CHECK(
      rig.notes[2].starts_with("alert: Server app/s1 is DOWN, ejected for 20000ms, reason: its "
                               "trial session has failed."));
  CHECK(rig.notes[4].starts_with("notice: Server app/s1 is trusted again"));
}

TEST_CASE("a trial without a verdict ends in trust, and what comes too late changes nothing",
          "[lb]") {
  SupervisorRig rig(observed);
  rig.supervisor.crossed(rig.place(0), Crossing::kErrorLimit);

  rig.supervisor.crossed(rig.place(0), Crossing::kTrialPassed);
  CHECK(rig.facts(0).ejected);
  rig.time = 10'000;
  rig.supervisor.pulse();
  rig.time = 20'000;
  rig.supervisor.pulse();
  CHECK_FALSE(rig.facts(0).on_trial);
  rig.supervisor.crossed(rig.place(0), Crossing::kTrialFailed);

  CHECK_FALSE(rig.facts(0).ejected);
  CHECK(rig.notes.size() == 3);
}

TEST_CASE("an ejected server is better than none", "[lb]") {
  SupervisorRig rig(observed);
  rig.supervisor.crossed(rig.place(0), Crossing::kErrorLimit);

  for (balancer::ServerId id = 1; id < 4; ++id) rig.goes_down(id);

  CHECK_FALSE(rig.facts(0).ejected);
  CHECK_FALSE(rig.facts(0).on_trial);
  CHECK(rig.notes.back().starts_with(
      "notice: Server app/s1 is UP, back from its ejection since no other is left."));
}

TEST_CASE("backups keep their sessions while the better server is only on trial, or takes nobody",
          "[lb]") {
  SupervisorRig rig([](conf::Backend& config) {
    observed(config);
    config.servers[0].on_marked_up = conf::OnMarkedUp::kShutdownBackupSessions;
    config.servers[1].on_marked_up = conf::OnMarkedUp::kShutdownBackupSessions;
    config.servers[1].weight = 0;
  });

  rig.goes_down(1);
  rig.comes_up(1);
  rig.supervisor.crossed(rig.place(0), Crossing::kErrorLimit);
  rig.time = 10'000;
  rig.supervisor.pulse();
  CHECK(rig.shut_down.empty());
  rig.supervisor.crossed(rig.place(0), Crossing::kTrialPassed);

  CHECK(rig.shut_down == Shut{{3, Cause::kBetterUp}});
}

TEST_CASE("who tracks a server goes with its agent's word, too", "[lb]") {
  SupervisorRig rig;
  rig.supervisor.follow(rig.place(0), rig.place(2));

  rig.supervisor.agent_said({.of = rig.place(0),
                             .report = {.health = AgentReport::Health::kDown,
                                        .verdict = {.status = CheckStatus::kL7Wrong}},
                             .news = true,
                             .duration = 1ms});

  CHECK(rig.facts(2).agent_down);
  CHECK(rig.notes.back().starts_with("alert: Server app/s3 is DOWN via app/s1. 1 active"));
}

TEST_CASE("no more servers are ejected than max_ejected says", "[lb]") {
  SupervisorRig rig(observed);

  for (balancer::ServerId id = 0; id < 3; ++id)
    rig.supervisor.crossed(rig.place(id), Crossing::kErrorLimit);

  CHECK(rig.facts(1).ejected);
  CHECK_FALSE(rig.facts(2).ejected);
  CHECK(rig.notes.back().starts_with("warning: Server app/s3 would be ejected"));
}

TEST_CASE("errors of sessions go to the checks where those decide", "[lb]") {
  SupervisorRig rig([](conf::Backend& config) {
    config.servers[1].observe = {.error_limit = 5, .on_error = conf::Observe::Action::kFailCheck};
  });

  rig.supervisor.crossed(rig.place(1), Crossing::kErrorLimit);

  CHECK(rig.asked == std::vector<balancer::ServerId>{1});
  CHECK_FALSE(rig.facts(1).ejected);
}

TEST_CASE("a slow server is told, keeps a part of its weight, and gets it back", "[lb]") {
  SupervisorRig rig([](conf::Backend& config) { config.slow_limit = 100ms; });
  rig.supervisor.time(rig.place(0));
  const auto second = [&rig](std::chrono::microseconds connecting) {
    for (int i = 0; i < 100; ++i) rig.backend.choice.connected(0, connecting);
    rig.time += 1'000;
    rig.supervisor.pulse();
  };

  second(150ms);
  CHECK(rig.facts(0).slow_percent == 50);
  for (int i = 0; i < 3; ++i) second(10ms);
  CHECK(rig.facts(0).slow_percent == 100);

  CHECK(rig.notes == Notes{"warning: Server app/s1 is slow: connecting takes 150.0ms, more than "
                           "slow_limit 100ms: it keeps 50% of its weight",
                           "notice: Server app/s1 is quick again: connecting takes 10.0ms: it gets "
                           "its weight back"});
}
