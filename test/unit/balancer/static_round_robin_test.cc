#include "balancer/static_round_robin.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/weighted_map.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/table_policy.h"

using balancer::Candidate;
using balancer::ServerId;
using balancer::StaticRoundRobin;

namespace {

// Walks the map turn by turn.
class Model {
 public:
  explicit Model(const conf::Backend& config)
      : slots_(balancer::map_slots(config)), full(config.servers.size()) {}

  void rebuild() { turns_ = balancer::WeightedMap(slots_, candidates).turns; }

  std::optional<ServerId> pick() {
    if (turn_ >= turns_.size()) turn_ = 0;
    for (std::size_t i = 0; i < turns_.size(); ++i) {
      const std::size_t turn = (turn_ + i) % turns_.size();
      const ServerId server = turns_[turn];
      if (!candidates[server].usable || candidates[server].weight == 0 || full[server]) continue;
      turn_ = turn + 1;
      return server;
    }
    return std::nullopt;
  }

 private:
  std::vector<std::uint32_t> slots_;
  std::vector<ServerId> turns_;
  std::size_t turn_ = 0;

 public:
  std::vector<Candidate> candidates;
  std::vector<bool> full;
};

std::vector<ServerId> picks(StaticRoundRobin& policy, int count) {
  std::vector<ServerId> picked;
  for (int i = 0; i < count; ++i) picked.push_back(policy.pick({}, 0).value());
  return picked;
}

}  // namespace

TEST_CASE("static round robin has the turns of the map, again and again", "[balancer]") {
  const conf::Backend config = weighted_backend({10, 2, 2});
  StaticRoundRobin policy(config);
  follow(policy, candidates_of(config));

  CHECK(picks(policy, 10) == std::vector<ServerId>{0, 0, 0, 1, 0, 0, 2, 0, 0, 0});
}

TEST_CASE("static round robin goes on at the same turn when a server has left", "[balancer]") {
  const conf::Backend config = weighted_backend({1, 1, 1, 1});
  StaticRoundRobin policy(config);
  std::vector<Candidate> candidates = candidates_of(config);
  follow(policy, candidates);
  CHECK(picks(policy, 2) == std::vector<ServerId>{0, 1});

  candidates[3].usable = false;
  follow(policy, candidates);

  CHECK(picks(policy, 4) == std::vector<ServerId>{2, 0, 1, 2});
}

TEST_CASE("static round robin has nobody to pick before it has a table, nor when all are full",
          "[balancer]") {
  const conf::Backend config = weighted_backend({1, 1});
  StaticRoundRobin policy(config);
  tell(policy, candidates_of(config));
  CHECK(policy.pick({}, 0) == std::nullopt);

  rebuild(policy, candidates_of(config));
  policy.full(0);
  policy.full(1);
  CHECK(policy.pick({}, 0) == std::nullopt);

  policy.free(1);
  CHECK(policy.pick({}, 0) == ServerId{1});
}

TEST_CASE("static round robin walks the map whoever is full, unusable or not in the map yet",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Random random(seed);
  // With more than a few servers left it looks at turns, with fewer at servers.
  std::vector<std::uint32_t> weights(seed % 2 == 0 ? 6 : 100);
  for (std::uint32_t& weight : weights) weight = random.below(6);
  const auto count = static_cast<std::uint32_t>(weights.size());
  const conf::Backend config = weighted_backend(weights);
  StaticRoundRobin policy(config);
  Model model(config);
  model.candidates = candidates_of(config);
  follow(policy, model.candidates);
  model.rebuild();

  for (int step = 0; step < 4000; ++step) {
    const ServerId server = random.below(count);
    switch (random.below(8)) {
      case 0: {
        Candidate& candidate = model.candidates[server];
        candidate.usable = !candidate.usable;
        policy.set(server, candidate.weight, candidate.usable);
        break;
      }
      case 1:
        if (random.below(5) != 0) break;
        rebuild(policy, model.candidates);
        model.rebuild();
        break;
      case 2:
      case 3:
        policy.full(server);
        model.full[server] = true;
        break;
      case 4:
        policy.free(server);
        model.full[server] = false;
        break;
      default:
        REQUIRE(policy.pick({}, 0) == model.pick());
    }
  }
}
