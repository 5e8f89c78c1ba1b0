#include "balancer/rate_meter.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

namespace balancer {
namespace {

constexpr Tick kStart = 50'000;

void count(RateMeter& meter, int times, Tick now) {
  for (int i = 0; i < times; ++i) meter.count(now);
}

TEST_CASE("a rate is that of the second so far and the part of the one before", "[balancer]") {
  RateMeter meter;
  count(meter, 100, kStart);

  CHECK(meter.rate(kStart) == 100);
  CHECK(meter.rate(kStart + 999) == 100);
  CHECK(meter.rate(kStart + 1250) == 75);
  count(meter, 20, kStart + 1500);
  CHECK(meter.rate(kStart + 1500) == 70);
  CHECK(meter.rate(kStart + 1900) == 30);
}

TEST_CASE("a rate is 0 after two quiet seconds", "[balancer]") {
  RateMeter meter;
  count(meter, 100, kStart);

  CHECK(meter.rate(kStart + 2000) == 0);
  CHECK(meter.rate(kStart + 100'000) == 0);
}

TEST_CASE("the highest rate is the most of one second, until it is forgotten", "[balancer]") {
  RateMeter meter;
  count(meter, 3, kStart);
  count(meter, 5, kStart + 1000);
  count(meter, 2, kStart + 60'000);
  CHECK(meter.most() == 5);

  meter.forget_most();

  CHECK(meter.most() == 0);
  meter.count(kStart + 60'100);
  CHECK(meter.most() == 3);
}

TEST_CASE("a clock that is behind another thread's does not lose the second", "[balancer]") {
  RateMeter meter;
  count(meter, 10, kStart);

  meter.count(kStart - 1);

  CHECK(meter.rate(kStart) == 11);
}

TEST_CASE("a rate goes on when the lower half of the milliseconds begins anew", "[balancer]") {
  constexpr Tick kAlmost = (Tick{1} << 32U) - 1500;
  RateMeter meter;
  count(meter, 100, kAlmost);

  count(meter, 10, kAlmost + 1000);

  CHECK(meter.rate(kAlmost + 1500) == 60);
}

TEST_CASE("several threads count every one", "[balancer]") {
  RateMeter meter;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { count(meter, 10'000, kStart); });
  for (std::thread& thread : threads) thread.join();

  CHECK(meter.rate(kStart) == 40'000);
  CHECK(meter.most() == 40'000);
}

}  // namespace
}  // namespace balancer
