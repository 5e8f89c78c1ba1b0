#include "lb/proxy/evictions.h"

#include <array>
#include <catch2/catch.hpp>
#include <deque>
#include <memory>
#include <vector>

#include "lb/telemetry/rarely.h"

using lb::proxy::Evictions;
using lb::proxy::OnServer;
using lb::telemetry::Cause;

namespace {

// Who is in a list, first to last; takes them out.
std::vector<const OnServer*> drain(OnServer& head) {
  std::vector<const OnServer*> all;
  while (!head.empty()) {
    all.push_back(&head.first());
    head.first().leave();
  }
  return all;
}

}  // namespace

TEST_CASE("sessions stand at a server in the order in which they came, until they leave", "[lb]") {
  OnServer head;
  OnServer other;
  std::array<OnServer, 4> sessions;
  for (OnServer& one : sessions) one.enter(head);

  sessions[1].leave();
  sessions[1].leave();
  sessions[2].enter(other);
  {
    OnServer passing;
    passing.enter(head);
  }

  CHECK(drain(head) == std::vector<const OnServer*>{&sessions[0], &sessions[3]});
  CHECK(drain(other) == std::vector<const OnServer*>{&sessions[2]});
}

TEST_CASE("a list that takes all of another leaves it empty and usable", "[lb]") {
  OnServer head;
  std::array<OnServer, 3> sessions;
  for (OnServer& one : sessions) one.enter(head);
  OnServer taker;

  taker.take_all(head);
  CHECK(head.empty());
  sessions[1].enter(head);

  CHECK(drain(taker) == std::vector<const OnServer*>{&sessions[0], &sessions[2]});
  CHECK(drain(head) == std::vector<const OnServer*>{&sessions[1]});
}

TEST_CASE("no more sessions end at a time than were asked for, and none that came later", "[lb]") {
  OnServer head;
  OnServer backup;
  std::deque<OnServer> sessions(10);
  for (OnServer& one : sessions) one.enter(head);
  OnServer of_backup;
  of_backup.enter(backup);
  Evictions evictions;
  evictions.add(head, Cause::kDown);
  evictions.add(backup, Cause::kBetterUp);
  OnServer newcomer;
  newcomer.enter(head);
  std::vector<Cause> ended;
  const auto shut = [&ended](OnServer& session, Cause why) {
    session.leave();
    ended.push_back(why);
  };

  evictions.shut_some(7, 4, shut);
  CHECK(ended == std::vector<Cause>{Cause::kBetterUp, Cause::kDown, Cause::kDown, Cause::kDown});
  sessions.pop_back();  // one ends by itself
  evictions.shut_some(8, 100, shut);

  CHECK(ended.size() == 10);
  CHECK(evictions.empty());
  CHECK(drain(head) == std::vector<const OnServer*>{&newcomer});
}

TEST_CASE("however many turns a millisecond has, so many sessions end in it", "[lb]") {
  OnServer head;
  std::array<OnServer, 5> sessions;
  for (OnServer& one : sessions) one.enter(head);
  Evictions evictions;
  CHECK(evictions.due() == lb::net::kNever);
  evictions.add(head, Cause::kDown);
  int ended = 0;
  const auto turn = [&](lb::net::Tick now) {
    evictions.shut_some(now, 2, [&ended](OnServer& session, Cause) {
      session.leave();
      ++ended;
    });
    return ended;
  };

  CHECK(evictions.due() <= 7);
  CHECK(turn(7) == 2);
  CHECK(turn(7) == 2);
  CHECK(evictions.due() == 8);
  CHECK(turn(8) == 4);
  CHECK(turn(20) == 5);
  CHECK(evictions.due() == lb::net::kNever);
}

TEST_CASE("what all have left by themselves is no work any more", "[lb]") {
  OnServer head;
  auto session = std::make_unique<OnServer>();
  session->enter(head);
  Evictions evictions;
  evictions.add(head, Cause::kDown);

  session.reset();
  evictions.shut_some(7, 1, [](OnServer&, Cause) { FAIL("nobody is left"); });

  CHECK(evictions.empty());
}

TEST_CASE("what goes on is told at once, and again after a minute", "[lb]") {
  lb::telemetry::Rarely rarely;

  CHECK(rarely.is_time(5));
  CHECK_FALSE(rarely.is_time(60'004));
  CHECK(rarely.is_time(60'005));
  rarely.forget();
  CHECK(rarely.is_time(60'006));
}
