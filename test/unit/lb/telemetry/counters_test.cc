#include "lb/telemetry/counters.h"

#include <catch2/catch.hpp>

namespace lb::telemetry {
namespace {

TEST_CASE("a total is the sum of what each worker has counted", "[telemetry]") {
  PerWorker<ServerCounters> server(3);
  server.of(0).connects.add();
  server.of(2).connects.add(5);

  CHECK(server.sum(&ServerCounters::connects) == 6);
  CHECK(server.sum(&ServerCounters::sessions) == 0);
}

TEST_CASE("few times are averaged exactly", "[telemetry]") {
  SessionTimes times;
  times.add(0, 10, 100);
  times.add(0, 30, 300);

  CHECK(times.samples() == 2);
  CHECK(times.connect.sum() == 40);
  CHECK(times.total.sum() == 400);
  CHECK(times.total.most() == 300);
  CHECK(times.queue.sum() == 0);
}

TEST_CASE("of many times only the last ones count", "[telemetry]") {
  SessionTimes times;
  for (int i = 0; i < 2'000; ++i) times.add(0, 0, 1'000);
  CHECK(times.total.sum() / Times::kWindow == 1'000);

  for (int i = 0; i < 10'000; ++i) times.add(0, 0, 10);

  CHECK(times.total.sum() / Times::kWindow == 10);
  CHECK(times.total.most() == 1'000);
}

TEST_CASE("the most of times can be forgotten apart from their average", "[telemetry]") {
  SessionTimes times;
  times.add(5, 5, 5);

  times.forget_most();
  CHECK(times.total.most() == 0);
  CHECK(times.total.sum() == 5);
  times.forget();

  CHECK(times.total.sum() == 0);
  CHECK(times.samples() == 0);
}

}  // namespace
}  // namespace lb::telemetry
