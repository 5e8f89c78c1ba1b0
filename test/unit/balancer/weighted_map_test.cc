#include "balancer/weighted_map.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

#include "test/unit/balancer/random.h"
#include "test/unit/balancer/table_policy.h"

using balancer::Candidate;
using balancer::ServerId;
using balancer::WeightedMap;

namespace {

// HAProxy's rule taken word for word: everybody's score at every turn.
std::vector<ServerId> by_scores(const std::vector<std::uint32_t>& slots) {
  const std::int64_t total = std::accumulate(slots.begin(), slots.end(), std::int64_t{0});
  std::vector<std::int64_t> scores(slots.size());
  std::vector<ServerId> turns;
  for (std::int64_t turn = 0; turn < total; ++turn) {
    std::int64_t highest = -1;
    ServerId best = 0;
    for (ServerId server = 0; server < slots.size(); ++server) {
      if (slots[server] == 0) continue;
      scores[server] += slots[server];
      const std::int64_t level = (scores[server] + total) / total;
      if (level > highest) {
        highest = level;
        best = server;
      }
    }
    turns.push_back(best);
    scores[best] -= total;
  }
  return turns;
}

std::string letters(const std::vector<ServerId>& turns) {
  std::string text;
  for (const ServerId server : turns) text += static_cast<char>('A' + static_cast<char>(server));
  return text;
}

}  // namespace

TEST_CASE("the order of turns is that of HAProxy's scores for any weights", "[balancer]") {
  const auto seed = GENERATE(range(1U, 201U));
  CAPTURE(seed);
  Random random(seed);
  const std::uint32_t greatest = std::vector<std::uint32_t>{2, 10, 256}[seed % 3];
  std::vector<std::uint32_t> slots(1 + random.below(seed % 10 == 0 ? 150 : 12));
  for (std::uint32_t& of : slots) of = random.below(4) == 0 ? 0 : random.below(greatest + 1);

  CHECK(balancer::order_of_turns(slots) == by_scores(slots));
}

TEST_CASE("the order of turns holds for a great many small weights beside a great one",
          "[balancer]") {
  std::vector<std::uint32_t> slots(300, 1);
  slots[GENERATE(0U, 150U, 299U)] = 256;

  CHECK(balancer::order_of_turns(slots) == by_scores(slots));
}

TEST_CASE("each server has as many turns as slots, the first one begins", "[balancer]") {
  CHECK(letters(balancer::order_of_turns(std::vector<std::uint32_t>{1, 1, 1})) == "ABC");
  CHECK(letters(balancer::order_of_turns(std::vector<std::uint32_t>{5, 1, 1})) == "AAABAAC");
  CHECK(letters(balancer::order_of_turns(std::vector<std::uint32_t>{1})) == "A");
  CHECK(balancer::order_of_turns(std::vector<std::uint32_t>{}).empty());
}

TEST_CASE("slots are weights without what all of them have in common", "[balancer]") {
  using Slots = std::vector<std::uint32_t>;
  CHECK(balancer::map_slots(weighted_backend({4, 6, 10})) == Slots{2, 3, 5});
  CHECK(balancer::map_slots(weighted_backend({7, 0, 21})) == Slots{1, 0, 3});
  CHECK(balancer::map_slots(weighted_backend({256})) == Slots{1});
  CHECK(balancer::map_slots(weighted_backend({0, 0})) == Slots{0, 0});
}

TEST_CASE("a map has the usable servers only, with the slots they always have", "[balancer]") {
  const conf::Backend config = weighted_backend({4, 6, 2, 2});
  std::vector<Candidate> candidates = candidates_of(config);
  candidates[1].usable = false;
  candidates[3].weight = 0;

  const WeightedMap map(balancer::map_slots(config), candidates);

  CHECK(map.turns == by_scores({2, 0, 1, 0}));
}
