#include "balancer/newcomers.h"

#include <array>
#include <catch2/catch.hpp>

using balancer::Newcomers;

TEST_CASE("newcomers get their share by weight, in turns", "[balancer]") {
  Newcomers newcomers;
  newcomers.set(0, 10);
  newcomers.set(1, 30);
  std::array<int, 2> turns{};
  for (int i = 0; i < 1000; ++i) {
    if (const auto server = newcomers.turn(200, 0)) ++turns.at(*server);
  }

  CHECK(turns[0] == 50);
  CHECK(turns[1] == 150);
}

TEST_CASE("who alone serves has every turn", "[balancer]") {
  Newcomers newcomers;
  newcomers.set(3, 7);

  for (int i = 0; i < 10; ++i) CHECK(newcomers.turn(7, 0) == 3);
}

TEST_CASE("newcomers that were full for long are owed nothing", "[balancer]") {
  Newcomers newcomers;
  newcomers.set(0, 10);
  newcomers.full(0);
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(newcomers.turn(100, 0));

  newcomers.free(0);
  int turns = 0;
  for (int i = 0; i < 100; ++i) turns += newcomers.turn(100, 0) ? 1 : 0;
  CHECK(turns == 10);
}

TEST_CASE("a newcomer without weight is none any more", "[balancer]") {
  Newcomers newcomers;
  newcomers.set(0, 10);
  newcomers.set(0, 0);

  CHECK(newcomers.empty());
  CHECK_FALSE(newcomers.turn(10, 0));
}
