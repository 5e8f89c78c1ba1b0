#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "balancer/round_robin.h"
#include "test/unit/balancer/random.h"

using balancer::kWeightScale;
using balancer::RoundRobin;
using balancer::ServerId;
using balancer::Weight;

namespace {

void set_all(RoundRobin& policy, const std::vector<Weight>& weights) {
  for (ServerId id = 0; id < weights.size(); ++id) {
    policy.set(id, weights[id] * kWeightScale, true);
  }
}

// The servers of the first picks as letters in the order of the file.
std::string letters(const std::vector<Weight>& weights, std::size_t picks) {
  RoundRobin policy;
  set_all(policy, weights);
  std::string order;
  for (std::size_t i = 0; i < picks; ++i) {
    order += static_cast<char>('A' + static_cast<char>(policy.pick({}, 0).value()));
  }
  return order;
}

}  // namespace

// Observed on HAProxy 2.6.12 with one thread, each weight set asked over three cycles.
TEST_CASE("round robin has HAProxy's very order where HAProxy deviates by less than one",
          "[balancer]") {
  struct Row {
    std::vector<Weight> weights;
    std::string order;
  };
  const Row row = GENERATE(values<Row>({
      {{1, 1, 1}, "ABC"},
      {{1, 1, 1, 1, 1}, "ABCDE"},
      {{5, 5, 5}, "ABC"},
      {{2, 1}, "AAB"},
      {{3, 1}, "AAAB"},
      {{9, 1}, "AAAAAAAAAB"},
      {{2, 2, 1}, "ABABC"},
      {{5, 1, 1}, "AAABAAC"},
      {{1, 5, 1}, "BBBABBC"},
      {{10, 1, 1, 1}, "AAAABAAACAAAD"},
  }));

  const std::string cycles = row.order + row.order + row.order;
  CHECK(letters(row.weights, cycles.size()) == cycles);
}

// For these HAProxy breaks ties otherwise (3,2,1 gives ABACAB there) or reverses a cycle.
TEST_CASE("round robin gives each server its weight in every cycle, as HAProxy does",
          "[balancer]") {
  struct Row {
    std::vector<Weight> weights;
    std::string order;
  };
  const Row row = GENERATE(values<Row>({
      {{3, 2, 1}, "ABABAC"},
      {{1, 2, 3}, "CBCABC"},
      {{4, 2, 1}, "AABABAC"},
      {{3, 3, 2}, "ABCABABC"},
      {{7, 3}, "AABAABAAAB"},
  }));

  CHECK(letters(row.weights, 2 * row.order.size()) == row.order + row.order);
}

TEST_CASE("round robin never deviates from the ideal share by one, at no prefix, for no weights",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 61U));
  CAPTURE(seed);
  Random random(seed);
  const Weight greatest = std::vector<Weight>{2, 10, 256}[seed % 3];
  std::vector<Weight> weights(1 + random.below(seed % 10 == 0 ? 500 : 60));
  for (Weight& weight : weights) weight = 1 + random.below(greatest);
  const std::int64_t total = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  RoundRobin policy;
  set_all(policy, weights);

  std::vector<std::int64_t> turns(weights.size());
  for (std::int64_t picks = 1; picks <= 5000; ++picks) {
    ++turns[policy.pick({}, 0).value()];
    for (std::size_t id = 0; id < weights.size(); ++id) {
      const std::int64_t deviation = weights[id] * picks - total * turns[id];
      if (deviation <= -total || deviation >= total) FAIL("server " << id << ", pick " << picks);
    }
  }
}

TEST_CASE("the shares are still exact after millions of picks", "[balancer]") {
  const std::vector<Weight> weights = {1, 2, 3, 250};
  constexpr std::int64_t kCycles = 10'000;
  RoundRobin policy;
  set_all(policy, weights);

  std::vector<std::int64_t> turns(weights.size());
  for (std::int64_t i = 0; i < kCycles * 256; ++i) ++turns[policy.pick({}, 0).value()];

  CHECK(turns == std::vector<std::int64_t>{kCycles, 2 * kCycles, 3 * kCycles, 250 * kCycles});
}

TEST_CASE("a hundred thousand equal servers come in the order of the file", "[balancer]") {
  RoundRobin policy;
  set_all(policy, std::vector<Weight>(100'000, 256));

  for (int cycle = 0; cycle < 2; ++cycle) {
    for (ServerId id = 0; id < 100'000; ++id) REQUIRE(policy.pick({}, 0) == id);
  }
}
