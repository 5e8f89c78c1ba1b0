#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "balancer/consistent_hash.h"
#include "balancer/hash.h"
#include "test/unit/balancer/random.h"
#include "test/unit/balancer/table_policy.h"

using balancer::Candidate;
using balancer::ConsistentHash;
using balancer::Key;
using balancer::ServerId;

namespace {

// HAProxy's way, point by point: the point nearest to the key, then on from there.
struct Model {
  conf::Backend config;
  std::vector<Candidate> candidates;  // as the ring has them
  std::vector<std::pair<std::uint32_t, ServerId>> points;
  std::vector<bool> usable;  // as was told since
  std::vector<std::uint32_t> open;

  [[nodiscard]] std::uint64_t slots(ServerId server) const {
    std::uint64_t total = 0;
    std::uint64_t before = 0;
    std::uint64_t all_open = 0;
    for (const Candidate& candidate : candidates) {
      if (candidate.server == server) before = total;
      if (candidate.usable) total += candidate.weight;
      all_open += open[candidate.server];
    }
    const std::uint64_t all = ((all_open + 1) * config.balance.balance_factor + 99) / 100;
    const std::uint64_t weight = candidates[server].weight;
    const std::uint64_t rest = all % total;
    const std::uint64_t slots =
        weight * (all / total) + (before + weight) * rest / total - before * rest / total;
    return std::max<std::uint64_t>(slots, 1);
  }

  void rebuild(const std::vector<Candidate>& from) {
    candidates = from;
    points.clear();
    for (const Candidate& candidate : candidates) {
      const std::uint32_t base = config.servers[candidate.server].id * 4096;
      for (std::uint32_t i = 0; candidate.usable && i < candidate.weight; ++i)
        points.emplace_back(balancer::avalanche(base + i), candidate.server);
    }
    std::ranges::sort(points);
  }

  [[nodiscard]] std::optional<ServerId> pick(Key key) const {
    if (points.empty()) return std::nullopt;
    const std::uint32_t hash = balancer::hash_of(config.balance, key);
    std::size_t at = 0;
    while (at < points.size() && points[at].first < hash) ++at;
    at %= points.size();
    const std::size_t before = (at + points.size() - 1) % points.size();
    if (hash - points[before].first <= points[at].first - hash) at = before;

    std::optional<ServerId> over_bound;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const ServerId server = points[(at + i) % points.size()].second;
      if (!usable[server]) continue;
      if (config.balance.balance_factor == 0 || open[server] < slots(server)) return server;
      if (!over_bound) over_bound = server;
    }
    return over_bound;
  }
};

}  // namespace

TEST_CASE("a consistent hash picks as HAProxy, with and without a bound, whatever changes",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 31U));
  CAPTURE(seed);
  Random random(seed);
  std::vector<std::uint32_t> weights(2 + random.below(6));
  for (std::uint32_t& weight : weights) weight = random.below(4);
  const auto servers = static_cast<std::uint32_t>(weights.size());
  Model model;
  model.config = ring_backend(weights, seed % 3 == 0 ? 0 : 101 + random.below(100));
  std::vector<Candidate> told = candidates_of(model.config);
  model.rebuild(told);
  model.open.resize(servers);
  for (const Candidate& candidate : told) model.usable.push_back(candidate.usable);
  ConsistentHash policy(model.config);
  follow(policy, told);

  std::vector<ServerId> sessions;
  for (int step = 0; step < 1500; ++step) {
    if (random.below(10) == 0) {
      Candidate& candidate = told[random.below(servers)];
      candidate.usable = random.below(3) != 0;
      candidate.weight = random.below(50);
      policy.set(candidate.server, candidate.weight, candidate.usable);
      model.usable[candidate.server] = candidate.usable && candidate.weight > 0;
    }
    if (random.below(15) == 0) {
      rebuild(policy, told);
      model.rebuild(told);
    }
    const auto key = ipv4(random.below(UINT32_MAX));
    const auto server = policy.pick(key, 0);
    REQUIRE(server == model.pick(key));
    if (server && random.below(4) != 0) {
      policy.taken(*server);
      ++model.open[*server];
      sessions.push_back(*server);
    }
    while (!sessions.empty() && random.below(5) < 2) {
      std::swap(sessions[random.below(static_cast<std::uint32_t>(sessions.size()))],
                sessions.back());
      policy.released(sessions.back());
      --model.open[sessions.back()];
      sessions.pop_back();
    }
  }
}

TEST_CASE("no server is given more than the factor times its share of the open sessions",
          "[balancer]") {
  const std::uint32_t factor = GENERATE(101U, 125U, 200U);
  CAPTURE(factor);
  const std::vector<std::uint32_t> weights = {1, 5, 2, 2, 10, 7, 1, 4};
  const conf::Backend config = ring_backend(weights, factor);
  ConsistentHash policy(config);
  follow(policy, candidates_of(config));
  Random random(factor);
  std::vector<std::uint32_t> open(weights.size());
  std::vector<ServerId> sessions;

  for (int step = 0; step < 20'000; ++step) {
    // A few keys, so that without a bound they would crowd on few servers.
    const ServerId server = policy.pick(ipv4(0x0a000000 + random.below(5)), 0).value();
    policy.taken(server);
    sessions.push_back(server);
    ++open[server];
    const double fair = static_cast<double>(sessions.size()) * weights[server] / 32.0;
    REQUIRE(open[server] < fair * factor / 100 + 2);
    while (sessions.size() > 300 || (!sessions.empty() && random.below(2) == 0)) {
      std::swap(sessions[random.below(static_cast<std::uint32_t>(sessions.size()))],
                sessions.back());
      --open[sessions.back()];
      policy.released(sessions.back());
      sessions.pop_back();
      if (random.below(3) != 0 && sessions.size() <= 300) break;
    }
  }
}
