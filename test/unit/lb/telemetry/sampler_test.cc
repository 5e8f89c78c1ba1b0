#include "lb/telemetry/sampler.h"

#include <catch2/catch.hpp>
#include <string>

using lb::telemetry::Sampler;

namespace {

// Which of the first `count` lines are taken, as a row of marks.
std::string taken(const conf::LogSample& sample, int count) {
  Sampler sampler(sample);
  std::string marks;
  for (int i = 0; i < count; ++i) marks += sampler.take() ? 'x' : '.';
  return marks;
}

}  // namespace

TEST_CASE("without a sample every line is taken", "[telemetry]") { CHECK(taken({}, 3) == "xxx"); }

TEST_CASE("a sample takes its ranges of each so many lines", "[telemetry]") {
  CHECK(taken({.ranges = {{1, 1}}, .of = 3}, 9) == "x..x..x..");
  CHECK(taken({.ranges = {{2, 2}, {3, 5}}, .of = 6}, 12) == ".xxxx..xxxx.");
  CHECK(taken({.ranges = {{1, 4}}, .of = 4}, 5) == "xxxxx");
}
