#include "lb/net/timer_wheel.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <vector>

namespace {

using lb::net::Timed;
using lb::net::TimerWheel;

struct Alarm final : Timed {
  std::function<void()> call = [] {};
  void on_due() override { call(); }
};

// Advances to each time at which the wheel asks for it, as a loop's timer would, until `end`.
void run_until(TimerWheel& wheel, std::uint64_t& now, std::uint64_t end) {
  for (auto next = wheel.next(); next <= end; next = wheel.next()) {
    now = std::max(now, next);
    wheel.advance(now);
  }
  now = end;
  wheel.advance(now);
}

}  // namespace

TEST_CASE("an alarm comes at its time, at most a slot later and never before", "[lb]") {
  const auto delay = GENERATE(0U, 1U, 9U, 10U, 11U, 630U, 640U, 641U, 5'000U, 40'960U, 300'000U,
                              86'400'000U, 2'073'600'000U);
  const auto start = GENERATE(0U, 7U, 639U, 123'456'789U);
  CAPTURE(delay, start);
  std::uint64_t now = start;
  TimerWheel wheel(now);
  Alarm alarm;
  std::uint64_t woken = 0;
  alarm.call = [&] { woken = now; };

  wheel.schedule(alarm, now + delay);
  run_until(wheel, now, start + delay + 100);

  CHECK(woken >= start + delay);
  CHECK(woken <= start + delay + 2 * TimerWheel::kSlot);
}

TEST_CASE("a wheel counts what is scheduled, near and far, and nothing else", "[lb]") {
  TimerWheel wheel(0);
  Alarm near;
  Alarm cancelled;
  CHECK(wheel.scheduled() == 0);

  {
    Alarm far;
    wheel.schedule(near, 20);
    wheel.schedule(near, 30);
    wheel.schedule(cancelled, 5'000);
    wheel.schedule(far, 300'000);
    CHECK(wheel.scheduled() == 3);
  }
  TimerWheel::cancel(cancelled);
  CHECK(wheel.scheduled() == 1);

  wheel.advance(1'000);
  CHECK(wheel.scheduled() == 0);
}

TEST_CASE("random alarms, moved and cancelled at random, come exactly when a sorted list says",
          "[lb]") {
  std::mt19937_64 random(4711);
  std::uint64_t now = 987'654'321;
  TimerWheel wheel(now);
  struct Entry {
    Alarm alarm;
    std::uint64_t due = 0;
    bool waiting = false;
  };
  std::vector<std::unique_ptr<Entry>> entries;
  for (int i = 0; i < 300; ++i) {
    entries.push_back(std::make_unique<Entry>());
    Entry& entry = *entries.back();
    entry.alarm.call = [&entry, &now] {
      CHECK(entry.waiting);
      CHECK(now >= entry.due);
      entry.waiting = false;
    };
  }
  const auto late = [&] {
    for (const auto& entry : entries)
      if (entry->waiting && entry->due + 2 * TimerWheel::kSlot <= now) return true;
    return false;
  };

  for (int step = 0; step < 20'000; ++step) {
    Entry& entry = *entries[random() % entries.size()];
    if (random() % 4 == 0) {
      TimerWheel::cancel(entry.alarm);
      entry.waiting = false;
    } else {
      entry.due = now + random() % (std::uint64_t{1} << (random() % 32));
      entry.waiting = true;
      wheel.schedule(entry.alarm, entry.due);
    }
    run_until(wheel, now, now + random() % (std::uint64_t{1} << (random() % 20)));
    REQUIRE_FALSE(late());
  }
}

TEST_CASE("an alarm may destroy others and schedule itself again while it rings", "[lb]") {
  std::uint64_t now = 1000;
  TimerWheel wheel(now);
  Alarm first;
  auto victim = std::make_unique<Alarm>();
  int rung = 0;
  victim->call = [] { FAIL("it was destroyed before its turn"); };
  first.call = [&] {
    victim.reset();
    if (++rung < 3) wheel.schedule(first, now);
  };
  wheel.schedule(first, now + 50);
  wheel.schedule(*victim, now + 50);

  run_until(wheel, now, now + 1000);

  CHECK(rung == 3);
}

TEST_CASE("an empty wheel asks for nothing", "[lb]") {
  TimerWheel wheel(5000);
  CHECK(wheel.next() == TimerWheel::kNever);
  {
    Alarm alarm;
    wheel.schedule(alarm, 6000);
    CHECK(wheel.next() != TimerWheel::kNever);
  }
  wheel.advance(7000);
  CHECK(wheel.next() == TimerWheel::kNever);
}
