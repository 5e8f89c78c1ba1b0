#include "balancer/rebalance.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>
#include <random>
#include <vector>

using balancer::Absent;
using balancer::deal;
using balancer::Headway;
using balancer::Load;
using balancer::Spread;

namespace {

using Counts = std::vector<std::uint32_t>;
using Loads = std::vector<Load>;

Load serving(std::uint32_t sessions, balancer::Weight weight = 16, std::uint32_t most = 0) {
  return {.sessions = sessions, .weight = weight, .most = most, .serves = true};
}
Load out(std::uint32_t sessions) { return {.sessions = sessions, .weight = 16}; }

Counts surplus_of(const Loads& loads) {
  const Spread spread(loads);
  Counts counts;
  for (std::size_t i = 0; i < loads.size(); ++i) counts.push_back(spread.surplus(i));
  return counts;
}

std::uint64_t sum(const Counts& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
}

Loads random_loads(std::mt19937& random) {
  const auto below = [&](std::uint32_t bound) {
    return static_cast<std::uint32_t>(random() % bound);
  };
  Loads loads(1 + below(12));
  for (Load& load : loads) {
    load = {
        .sessions = below(500), .closing = below(20), .weight = below(65), .serves = below(5) != 0};
    if (below(4) == 0) load.most = 1 + below(300);
    if (load.weight == 0) load.serves = false;
  }
  return loads;
}

}  // namespace

TEST_CASE("a server's surplus is what it has above its share by weight", "[balancer]") {
  struct Row {
    Loads loads;
    Counts surplus;
    std::uint32_t within;  // the least tolerance that it is within
  };
  const auto row = GENERATE(values<Row>({
      {{}, {}, 0},
      {{serving(0)}, {0}, 0},
      {{serving(700)}, {0}, 0},
      {{serving(0), serving(0)}, {0, 0}, 0},
      {{serving(100), serving(100)}, {0, 0}, 0},
      {{serving(101), serving(100)}, {0, 0}, 0},
      {{serving(110), serving(90)}, {10, 0}, 10},
      {{serving(1000), serving(1000), serving(1000), serving(0)}, {250, 250, 250, 0}, 100},
      {{serving(100, 32), serving(100, 16)}, {0, 33}, 50},
      {{serving(300), out(900), serving(100)}, {100, 0, 0}, 50},
      {{out(900), out(0)}, {0, 0}, 0},
      {{serving(2), serving(2), serving(0)}, {0, 0, 0}, 100},
      {{serving(1), serving(1), serving(0)}, {0, 0, 0}, 0},
      {{serving(900), serving(100, 16, 100)}, {0, 0}, 0},
      {{serving(900), serving(0, 16, 100)}, {100, 0}, 100},
      {{serving(50), serving(50), serving(20, 16, 20)}, {0, 0, 0}, 0},
  }));

  CHECK(surplus_of(row.loads) == row.surplus);
  const Spread spread(row.loads);
  CHECK(spread.surplus() == sum(row.surplus));
  CHECK(spread.within(row.within));
  if (row.within != 0) CHECK_FALSE(spread.within(row.within - 1));
}

TEST_CASE("who has been sent away and is on his way counts for the shares, not for the surplus",
          "[balancer]") {
  Loads loads = {serving(100), serving(0)};
  loads[0].closing = 100;

  CHECK(Spread(loads).share(0) == 100);
  CHECK(surplus_of(loads) == Counts{0, 0});
}

TEST_CASE("those who are away have their part of the shares", "[balancer]") {
  const Loads loads = {serving(150), serving(0)};

  CHECK(Spread(loads, 50).share(0) == 100);
  CHECK(Spread(loads, 150).surplus() == 0);
}

TEST_CASE("who was closed and is not there is away, for ten seconds", "[balancer]") {
  Absent absent;

  CHECK(absent.count(1'000, 0, 0) == 0);
  CHECK(absent.count(900, 100, 1'000) == 100);
  CHECK(absent.count(950, 100, 2'000) == 50);
  CHECK(absent.count(800, 100, 3'000) == 100);
  CHECK(absent.count(1'100, 150, 4'000) == 0);
  CHECK(absent.count(1'000, 150, 10'000) == 100);
  CHECK(absent.count(1'000, 150, 12'000) == 50);
  CHECK(absent.count(1'000, 150, 30'000) == 0);
}

TEST_CASE("shares are all that there is, and nobody keeps less than his", "[balancer]") {
  std::mt19937 random(7);
  for (int round = 0; round < 2'000; ++round) {
    const Loads loads = random_loads(random);
    const Spread spread(loads);
    double shared = 0;
    double there = 0;
    double room = 0;
    bool limited = true;
    for (std::size_t i = 0; i < loads.size(); ++i) {
      const Load& load = loads[i];
      shared += spread.share(i);
      if (!load.serves) {
        CHECK(spread.share(i) == 0);
        CHECK(spread.surplus(i) == 0);
        continue;
      }
      there += load.sessions + load.closing;
      room += load.most;
      limited = limited && load.most != 0;
      CHECK(spread.surplus(i) <= load.sessions);
      if (spread.surplus(i) != 0) CHECK(load.sessions - spread.surplus(i) >= spread.share(i));
    }
    CHECK(shared == Approx(limited ? std::min(there, room) : there).margin(1e-6));
  }
}

// Sessions are closed as dealt and come back to the server with the least load, or to the next one
// in turn: it ends, and is never further off than before.
TEST_CASE("a rebalance ends within its tolerance wherever clients may go", "[balancer]") {
  const bool in_turn = GENERATE(false, true);
  std::mt19937 random(11);
  for (int round = 0; round < 50; ++round) {
    Loads loads;
    for (std::size_t i = 0; i < 2 + random() % 6; ++i)
      loads.push_back(serving(static_cast<std::uint32_t>(100 + random() % 400)));
    loads.push_back(serving(0));
    std::uint64_t sessions = 0;
    for (const Load& load : loads) sessions += load.sessions;
    Headway headway(sessions, Spread(loads).surplus(), loads.size());
    std::uint64_t closed = 0;
    std::size_t next = 0;
    double turn = 0;
    for (;;) {
      const Spread spread(loads);
      if (spread.within(10) || spread.surplus() == 0) break;
      REQUIRE(headway.helps(closed, spread.surplus()));
      const Counts surplus = surplus_of(loads);
      turn = turn + 0.618 < 1 ? turn + 0.618 : turn - 0.382;
      const Counts dealt = deal(std::min<std::uint64_t>(5, spread.surplus()), surplus, turn);
      for (std::size_t i = 0; i < loads.size(); ++i) {
        REQUIRE(dealt[i] <= surplus[i]);
        loads[i].sessions -= dealt[i];
        closed += dealt[i];
      }
      for (std::uint64_t come = sum(dealt); come > 0; --come) {
        auto to = loads.begin() + static_cast<std::ptrdiff_t>(next++ % loads.size());
        if (!in_turn) to = std::ranges::min_element(loads, {}, &Load::sessions);
        ++to->sessions;
      }
    }
    CHECK(closed <= sessions);
    CHECK(Spread(loads).within(10));
  }
}

TEST_CASE("what is dealt is all of it, and to nobody more than his part", "[balancer]") {
  CHECK(deal(0, Counts{5, 5}, 0.5) == Counts{0, 0});
  CHECK(deal(5, Counts{}, 0.5).empty());
  CHECK(deal(0, Counts{0, 0}, 0.5) == Counts{0, 0});
  CHECK(deal(10, Counts{5, 0, 5}, 0.5) == Counts{5, 0, 5});
  std::mt19937 random(3);
  for (int round = 0; round < 5'000; ++round) {
    Counts parts(1 + random() % 9);
    for (std::uint32_t& part : parts) part = static_cast<std::uint32_t>(random() % 50);
    const std::uint64_t count = random() % (sum(parts) + 1);
    const Counts dealt = deal(count, parts, static_cast<double>(random() % 1'000) / 1'000);
    CHECK(sum(dealt) == (sum(parts) == 0 ? 0 : count));
    for (std::size_t i = 0; i < parts.size(); ++i) CHECK(dealt[i] <= parts[i]);
  }
}

TEST_CASE("with turns everybody gets his part of what does not divide", "[balancer]") {
  Counts got(3);
  for (int round = 0; round < 300; ++round) {
    const Counts dealt = deal(1, Counts{10, 10, 10}, (round % 100) / 100.0);
    for (std::size_t i = 0; i < got.size(); ++i) got[i] += dealt[i];
  }

  CHECK(std::ranges::min(got) >= 95);
}

TEST_CASE("closing is given up where the surplus never gets less", "[balancer]") {
  Headway headway(10'000, 300, 4);

  CHECK(headway.helps(100, 300));
  CHECK(headway.helps(150, 250));
  CHECK(headway.helps(349, 260));
  CHECK_FALSE(headway.helps(350, 250));
}

TEST_CASE("nor are more closed than there were", "[balancer]") {
  Headway headway(1'000, 900, 4);
  std::uint64_t closed = 0;
  while (headway.helps(closed, 900 - closed / 2)) ++closed;

  CHECK(closed == 1'000);
}
