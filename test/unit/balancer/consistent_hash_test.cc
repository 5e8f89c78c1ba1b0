#include "balancer/consistent_hash.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <vector>

#include "test/unit/balancer/table_policy.h"

using balancer::Candidate;
using balancer::ConsistentHash;
using balancer::ServerId;

namespace {

// Where each of 20,000 clients goes.
std::vector<ServerId> answers(ConsistentHash& policy) {
  std::vector<ServerId> found;
  for (std::uint32_t i = 0; i < 20'000; ++i)
    found.push_back(policy.pick(ipv4(0x0a000000 + i * 7919), 0).value());
  return found;
}

}  // namespace

TEST_CASE("when a server leaves only its own keys move, and all return with it", "[balancer]") {
  const std::uint32_t servers = GENERATE(2U, 3U, 10U, 40U);
  CAPTURE(servers);
  const conf::Backend config = ring_backend(std::vector<std::uint32_t>(servers, 256));
  ConsistentHash policy(config);
  std::vector<Candidate> candidates = candidates_of(config);
  follow(policy, candidates);
  const std::vector<ServerId> before = answers(policy);

  const ServerId leaving = servers / 2;
  candidates[leaving].usable = false;
  follow(policy, candidates);
  const std::vector<ServerId> without = answers(policy);
  candidates[leaving].usable = true;
  follow(policy, candidates);

  std::uint32_t moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i] == without[i]) continue;
    ++moved;
    REQUIRE(before[i] == leaving);
  }
  CHECK(moved > 0);
  CHECK(moved <= before.size() / servers + before.size() / 50);
  CHECK(answers(policy) == before);
}

TEST_CASE("where a server stands in the file moves no key, as long as it keeps its id",
          "[balancer]") {
  const conf::Backend config = ring_backend({4, 1, 3, 2});
  conf::Backend reversed = config;
  std::ranges::reverse(reversed.servers);
  ConsistentHash policy(config);
  ConsistentHash other(reversed);
  follow(policy, candidates_of(config));
  follow(other, candidates_of(reversed));

  const std::vector<ServerId> expected = answers(policy);
  std::vector<ServerId> found = answers(other);
  for (ServerId& server : found) server = 3 - server;
  CHECK(found == expected);
}

TEST_CASE("a server of half the weight keeps half of its keys and gets no other", "[balancer]") {
  const conf::Backend config = ring_backend({100, 100, 100, 100});
  ConsistentHash policy(config);
  std::vector<Candidate> candidates = candidates_of(config);
  follow(policy, candidates);
  const std::vector<ServerId> before = answers(policy);

  candidates[1].weight /= 2;
  follow(policy, candidates);
  const std::vector<ServerId> after = answers(policy);

  for (std::size_t i = 0; i < before.size(); ++i)
    REQUIRE((before[i] == after[i] || before[i] == 1));
  const auto had = std::ranges::count(before, ServerId{1});
  const auto has = std::ranges::count(after, ServerId{1});
  CHECK(has > had * 45 / 100);
  CHECK(has < had * 65 / 100);
  CHECK(policy.graded());
}

TEST_CASE("a consistent hash binds: it gives a full server, except to a client without a key",
          "[balancer]") {
  const conf::Backend config = ring_backend({1, 1});
  ConsistentHash policy(config);
  follow(policy, candidates_of(config));
  const auto key = ipv4(0x7f000001);
  const ServerId server = policy.pick(key, 0).value();

  policy.full(server);

  CHECK(policy.binds());
  CHECK(policy.pick(key, 0) == server);
  for (int i = 0; i < 50; ++i) CHECK(policy.pick({}, 0) == 1 - server);
  policy.full(1 - server);
  CHECK(policy.pick({}, 0) == std::nullopt);
}

TEST_CASE("clients without a key have each point of the ring in turn", "[balancer]") {
  const conf::Backend config = ring_backend({3, 1});
  ConsistentHash policy(config);
  follow(policy, candidates_of(config));

  std::vector<int> turns(2);
  for (int i = 0; i < 640; ++i) ++turns[policy.pick({}, 0).value()];

  CHECK(turns == std::vector<int>{480, 160});
}

TEST_CASE("a consistent hash has nobody to pick before it has a ring", "[balancer]") {
  const conf::Backend config = ring_backend({1, 1});
  ConsistentHash policy(config);
  tell(policy, candidates_of(config));

  CHECK(policy.pick(ipv4(1), 0) == std::nullopt);
}
