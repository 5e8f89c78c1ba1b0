#include "balancer/weight_request.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>

#include "test/unit/balancer/table_policy.h"

using balancer::ServerId;
using balancer::weight_for;
using balancer::WeightRequest;
using conf::Algorithm;

namespace {

constexpr bool kPercent = true;

const std::string kStatic =
    "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.";
const std::string kRange = "Absolute weight can only be between 0 and 256 inclusive.";

std::string told(const WeightRequest& request, std::uint32_t configured, bool is_static) {
  const auto weight = weight_for(request, configured, is_static);
  return weight ? std::to_string(*weight) : std::string(weight.error());
}

conf::Backend balanced_by(Algorithm algorithm, const std::vector<std::uint32_t>& weights) {
  conf::Backend config = weighted_backend(weights);
  config.balance.by = algorithm;
  return config;
}

// How many of `count` sessions, one after the other, the second server has.
int second_of(balancer::Backend& backend, int count) {
  int second = 0;
  for (int i = 0; i < count; ++i) second += lease(backend.pick({}, {}, 0)).server() == 1 ? 1 : 0;
  return second;
}

}  // namespace

TEST_CASE("a weight is set, or refused, as HAProxy does it", "[balancer]") {
  const auto [number, percent, configured, expected] =
      GENERATE(table<std::int64_t, bool, std::uint32_t, std::string>({
          {0, false, 4, "0"},
          {256, false, 4, "256"},
          {257, false, 4, kRange},
          {-1, false, 4, kRange},
          {0, kPercent, 4, "0"},
          {50, kPercent, 4, "2"},
          {101, kPercent, 4, "4"},
          {200, kPercent, 4, "8"},
          {50, kPercent, 1, "0"},
          {200, kPercent, 0, "0"},
          {129, kPercent, 200, "256"},
          {INT64_MAX, kPercent, 1, "256"},
          {-1, kPercent, 4, "Relative weight must be positive."},
      }));
  CAPTURE(number, percent, configured);

  CHECK(told({.number = number, .percent = percent}, configured, false) == expected);
}

TEST_CASE("a static algorithm takes nothing, the configured weight, and what comes to these",
          "[balancer]") {
  const auto [number, percent, expected] = GENERATE(table<std::int64_t, bool, std::string>({
      {0, false, "0"},
      {4, false, "4"},
      {3, false, kStatic},
      {300, false, kRange},
      {0, kPercent, "0"},
      {100, kPercent, "4"},
      {101, kPercent, "4"},
      {10, kPercent, "0"},
      {50, kPercent, kStatic},
  }));
  CAPTURE(number, percent);

  CHECK(told({.number = number, .percent = percent}, 4, true) == expected);
}

TEST_CASE("a backend tells why it does not take a weight, and keeps the one it has", "[balancer]") {
  GrantList waker;
  TestBackend backend(
      balanced_by(GENERATE(Algorithm::kStaticRoundRobin, Algorithm::kSource, Algorithm::kHash),
                  {4, 4}),
      waker);

  const auto done = backend.set_weight(1, {.number = 50, .percent = true}, 0);

  REQUIRE_FALSE(done);
  CHECK(done.error() == kStatic);
  CHECK_FALSE(backend.view()[1].facts.operator_weight);
  CHECK(second_of(backend, 80) == 40);
}

TEST_CASE("a static algorithm lets a server go at 0 % and takes it back at 100 %", "[balancer]") {
  GrantList waker;
  TestBackend backend(balanced_by(Algorithm::kStaticRoundRobin, {4, 4}), waker);

  const auto gone = backend.set_weight(1, {.number = 0, .percent = true}, 0);
  REQUIRE(gone);
  CHECK((gone->was_usable && !gone->is_usable));
  CHECK(second_of(backend, 80) == 0);

  REQUIRE(backend.set_weight(1, {.number = 100, .percent = true}, 0));
  CHECK(second_of(backend, 80) == 40);
}

TEST_CASE("a part of a weight is a part of the sessions", "[balancer]") {
  GrantList waker;
  TestBackend backend(balanced_by(Algorithm::kRoundRobin, {4, 4}), waker);

  REQUIRE(backend.set_weight(1, {.number = 25, .percent = true}, 0));

  CHECK(second_of(backend, 80) == 16);
}

TEST_CASE("first, which is not static, takes a server whose configured weight is 0", "[balancer]") {
  GrantList waker;
  TestBackend backend(balanced_by(Algorithm::kFirst, {1, 0}), waker);
  set_health(backend, 0, balancer::Health::kDown);

  REQUIRE(backend.set_weight(1, {.number = 3}, 0));

  CHECK(second_of(backend, 1) == 1);
}
