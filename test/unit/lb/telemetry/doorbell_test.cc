#include "lb/telemetry/doorbell.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>
#include <vector>

using lb::telemetry::Doorbell;

TEST_CASE("a ring between the look for work and the sleep is not lost", "[telemetry]") {
  Doorbell doorbell;
  bool looked = false;

  doorbell.wait([&] {
    looked = true;
    doorbell.ring();
    return false;
  });

  CHECK(looked);
}

TEST_CASE("a sleeper wakes for each piece of work, however ringing and sleeping meet",
          "[telemetry]") {
  constexpr int kPieces = 20'000;
  Doorbell doorbell;
  std::atomic<int> offered = 0;
  std::atomic<int> done = 0;

  std::thread sleeper([&] {
    while (done.load() < kPieces) {
      doorbell.wait([&] { return offered.load(std::memory_order_relaxed) > done.load(); });
      done.store(offered.load(std::memory_order_relaxed));
    }
  });
  for (int i = 1; i <= kPieces; ++i) {
    offered.store(i, std::memory_order_relaxed);
    doorbell.ring();
    while (done.load() < i) std::this_thread::yield();
  }
  sleeper.join();

  CHECK(done.load() == kPieces);
}

TEST_CASE("one sleeper hears several ringers", "[telemetry]") {
  constexpr int kEach = 20'000;
  Doorbell doorbell;
  std::atomic<int> offered = 0;

  std::vector<std::thread> ringers;
  for (int i = 0; i < 3; ++i) {
    ringers.emplace_back([&] {
      for (int j = 0; j < kEach; ++j) {
        offered.fetch_add(1, std::memory_order_relaxed);
        doorbell.ring();
      }
    });
  }
  int seen = 0;
  while (seen < 3 * kEach) {
    doorbell.wait([&] { return offered.load(std::memory_order_relaxed) > seen; });
    seen = offered.load(std::memory_order_relaxed);
  }
  for (std::thread& ringer : ringers) ringer.join();

  CHECK(seen == 3 * kEach);
}
