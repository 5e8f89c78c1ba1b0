#include "balancer/mapped_hash.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "balancer/hash.h"
#include "balancer/weighted_map.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/table_policy.h"

using balancer::Candidate;
using balancer::MappedHash;
using balancer::ServerId;

namespace {

conf::Backend hashed_backend(const std::vector<std::uint32_t>& weights) {
  conf::Backend config = weighted_backend(weights);
  config.balance.by = conf::Algorithm::kSource;
  config.balance.hash_type = conf::HashType::kMapBased;
  return config;
}

std::vector<std::uint8_t> random_key(Random& random) {
  std::vector<std::uint8_t> key(random.below(2) == 0 ? 4 : 16);
  for (std::uint8_t& byte : key) byte = static_cast<std::uint8_t>(random.below(256));
  return key;
}

}  // namespace

TEST_CASE("a mapped hash gives the turn that the number of the key says", "[balancer]") {
  conf::Backend config = hashed_backend({5, 1, 3, 2});
  config.balance.by = GENERATE(conf::Algorithm::kSource, conf::Algorithm::kHash);
  config.balance.avalanche = GENERATE(false, true);
  MappedHash policy(config);
  std::vector<Candidate> candidates = candidates_of(config);
  candidates[2].usable = false;
  follow(policy, candidates);
  const balancer::WeightedMap map(balancer::map_slots(config), candidates);

  Random random(1);
  for (int i = 0; i < 1000; ++i) {
    const auto key = random_key(random);
    const std::size_t turn = balancer::hash_of(config.balance, key) % map.turns.size();
    REQUIRE(policy.pick(key, 0) == map.turns[turn]);
  }
}

TEST_CASE("a mapped hash never gives a server that is not usable, before the new map either",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 21U));
  CAPTURE(seed);
  Random random(seed);
  const conf::Backend config = hashed_backend({5, 1, 3, 2, 0, 4});
  MappedHash policy(config);
  std::vector<Candidate> candidates = candidates_of(config);
  std::vector<Candidate> in_map = candidates;
  follow(policy, candidates);

  for (int step = 0; step < 2000; ++step) {
    Candidate& candidate = candidates[random.below(6)];
    if (random.below(4) == 0) candidate.usable = !candidate.usable;
    policy.set(candidate.server, candidate.weight, candidate.usable);
    if (random.below(3) == 0) {
      rebuild(policy, candidates);
      in_map = candidates;
    }
    bool any = false;
    for (std::size_t i = 0; i < candidates.size(); ++i)
      any = any || (candidates[i].usable && in_map[i].usable && candidates[i].weight > 0);
    const auto key = random.below(4) == 0 ? std::vector<std::uint8_t>{} : random_key(random);
    const auto server = policy.pick(key, 0);
    REQUIRE(server.has_value() == any);
    if (server) REQUIRE((candidates[*server].usable && candidates[*server].weight > 0));
  }
}

TEST_CASE("a mapped hash binds: it gives a full server", "[balancer]") {
  const conf::Backend config = hashed_backend({1, 1});
  MappedHash policy(config);
  follow(policy, candidates_of(config));
  const std::vector<std::uint8_t> key = {127, 0, 0, 1};
  REQUIRE(policy.pick(key, 0) == ServerId{1});

  policy.full(1);

  CHECK(policy.binds());
  CHECK(policy.pick(key, 0) == ServerId{1});
}

TEST_CASE("clients without a key have the turns of the map one after the other, if not full",
          "[balancer]") {
  const conf::Backend config = hashed_backend({1, 1, 1});
  MappedHash policy(config);
  follow(policy, candidates_of(config));
  policy.full(1);

  std::vector<ServerId> picked;
  for (int i = 0; i < 4; ++i) picked.push_back(policy.pick({}, 0).value());
  CHECK(picked == std::vector<ServerId>{0, 2, 0, 2});

  policy.full(0);
  policy.full(2);
  CHECK(policy.pick({}, 0) == std::nullopt);
}
