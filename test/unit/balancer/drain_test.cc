#include "balancer/drain.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

using balancer::DrainOrder;
using balancer::DrainPace;
using balancer::Grade;
using balancer::grade;
using balancer::Talk;
using balancer::Tick;

namespace {

constexpr Tick kStart = 1'000'000;
constexpr Tick kStep = 20;

DrainOrder by_deadline(Tick time) {
  DrainOrder order;
  order.mode = DrainOrder::Mode::kDeadline;
  order.start = kStart;
  order.deadline = kStart + time;
  return order;
}

// How many are left at each step, where `quiet` of those left could be closed as quiet ones.
template <typename Quiet>
std::vector<std::uint32_t> left_over(const DrainOrder& order, std::uint32_t sessions, double phase,
                                     Tick until, Quiet quiet) {
  DrainPace pace(order, sessions, sessions, phase);
  std::vector<std::uint32_t> left = {sessions};
  for (Tick time = kStep; time <= until; time += kStep) {
    const std::uint32_t now = left.back();
    const auto may = pace.allow(now, kStart + time);
    const std::uint32_t closed = std::min(now, std::max(may.any, std::min(may.quiet, quiet(now))));
    pace.closed(closed);
    left.push_back(now - closed);
  }
  return left;
}

}  // namespace

TEST_CASE("a session is quiet when its server spoke last and both are still", "[balancer]") {
  using Last = Talk::Last;
  struct Row {
    Last last;
    Tick still;
    Grade expected;
  };
  const auto row = GENERATE(values<Row>({
      {Last::kNobody, 250, Grade::kQuiet},
      {Last::kNobody, 249, Grade::kBusy},
      {Last::kServer, 250, Grade::kQuiet},
      {Last::kServer, 249, Grade::kBusy},
      {Last::kClient, 1'249, Grade::kBusy},
      {Last::kClient, 1'250, Grade::kStill},
  }));

  CHECK(grade({.last = row.last, .since = kStart}, 250, kStart + row.still) == row.expected);
}

TEST_CASE("quiet sessions leave evenly and before the deadline", "[balancer]") {
  const auto left =
      left_over(by_deadline(20'000), 1'000, 0.5, 20'000, [](std::uint32_t all) { return all; });

  CHECK(left[left.size() * 3 / 4] == 0);
  const std::size_t tenth = left.size() / 10;
  for (std::size_t i = 0; i + tenth < left.size(); i += tenth)
    CHECK(left[i] - left[i + tenth] <= 150);
}

TEST_CASE("who is never quiet goes in the last fifth of the time, evenly", "[balancer]") {
  const auto left =
      left_over(by_deadline(20'000), 1'000, 0.5, 20'000, [](std::uint32_t) { return 0U; });

  CHECK(left[left.size() * 79 / 100] == 1'000);
  CHECK(left[left.size() * 89 / 100] < 560);
  CHECK(left[left.size() * 89 / 100] > 440);
  CHECK(left[left.size() * 99 / 100] == 0);
}

TEST_CASE("many servers with one session each do not close them together", "[balancer]") {
  std::uint32_t early = 0;
  for (int i = 0; i < 100; ++i) {
    const auto left =
        left_over(by_deadline(10'000), 1, i / 100.0, 10'000, [](std::uint32_t all) { return all; });
    early += left[left.size() * 36 / 100] == 0 ? 1U : 0U;
    CHECK(left.back() == 0);
  }

  CHECK(early > 40);
  CHECK(early < 60);
}

TEST_CASE("a natural drain closes nobody", "[balancer]") {
  DrainOrder order;
  order.start = kStart;

  const auto left = left_over(order, 100, 0.5, 60'000, [](std::uint32_t all) { return all; });

  CHECK(left.back() == 100);
}

TEST_CASE("when-quiet closes a twentieth a second, or as many as are asked for", "[balancer]") {
  DrainOrder order;
  order.mode = DrainOrder::Mode::kWhenQuiet;
  order.start = kStart;
  const auto all = [](std::uint32_t left) { return left; };

  CHECK(left_over(order, 1'000, 0.5, 1'000, all).back() == 950);
  CHECK(left_over(order, 100, 0.5, 1'000, all).back() == 90);
  order.pace = 300;
  CHECK(left_over(order, 1'000, 0.5, 1'000, all).back() == 700);
}

TEST_CASE("the workers share a pace by what each has", "[balancer]") {
  DrainOrder order;
  order.mode = DrainOrder::Mode::kWhenQuiet;
  order.start = kStart;
  order.pace = 100;
  DrainPace few(order, 10, 40, 0);
  DrainPace many(order, 30, 40, 0);

  CHECK(few.allow(10, kStart + 100).quiet == 2);
  CHECK(many.allow(30, kStart + 100).quiet == 7);
}

TEST_CASE("what could not be closed for long is not closed at once", "[balancer]") {
  DrainOrder order;
  order.mode = DrainOrder::Mode::kWhenQuiet;
  order.start = kStart;
  order.pace = 10;
  DrainPace pace(order, 1'000, 1'000, 0);
  for (Tick time = kStep; time <= 60'000; time += kStep)
    static_cast<void>(pace.allow(1'000, kStart + time));

  std::uint32_t closed = 0;
  for (Tick time = 60'000 + kStep; time <= 61'000; time += kStep) {
    const std::uint32_t now = pace.allow(1'000 - closed, kStart + time).quiet;
    pace.closed(now);
    closed += now;
  }

  CHECK(closed >= 9);
  CHECK(closed <= 12);
}

TEST_CASE("the quiet time shrinks to an eighth as the deadline nears", "[balancer]") {
  const DrainPace pace(by_deadline(10'000), 10, 10, 0);

  CHECK(pace.quiet_time(kStart) == 250);
  CHECK(pace.quiet_time(kStart + 1'000) == 250);
  CHECK(pace.quiet_time(kStart + 5'000) == 31);
  CHECK(pace.quiet_time(kStart + 20'000) == 31);
}

TEST_CASE("what is granted is closed evenly over its time, and no more", "[balancer]") {
  DrainPace pace({.mode = DrainOrder::Mode::kSurplus, .start = kStart}, 100, 100, 0.5);
  CHECK(pace.allow(100, kStart).quiet == 0);

  pace.grant(10, 500, kStart);
  CHECK(pace.allow(100, kStart + 250).quiet == 5);
  pace.closed(5);
  CHECK(pace.allow(100, kStart + 250).quiet == 0);
  CHECK(pace.allow(100, kStart + 9'000).quiet == 5);
  CHECK(pace.allow(3, kStart + 9'000).quiet == 3);

  pace.grant(2, 500, kStart + 9'000);
  CHECK(pace.allow(100, kStart + 9'500).quiet == 2);
  pace.grant(0, 0, kStart + 9'500);
  CHECK(pace.allow(100, kStart + 9'999).quiet == 0);
}

TEST_CASE("a surplus is closed after answers soon, and never while an answer is awaited",
          "[balancer]") {
  DrainPace pace({.mode = DrainOrder::Mode::kSurplus, .start = kStart}, 100, 100, 0);
  pace.grant(10, 1, kStart);

  const auto early = pace.allow(100, kStart + 1'999);
  CHECK((early.quiet == 10 && early.answered == 0));
  CHECK(pace.allow(100, kStart + 2'000).answered == 10);
  const auto late = pace.allow(100, kStart + 1'000'000);
  CHECK((late.any == 0 && late.idle == 0));
}
