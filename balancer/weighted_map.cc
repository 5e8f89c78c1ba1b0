#include "balancer/weighted_map.h"

#include <cstddef>
#include <numeric>

#include "balancer/positioned_heap.h"

namespace balancer {

namespace {

constexpr std::uint32_t kNobody = UINT32_MAX;

struct Holder {
  std::uint32_t tokens = 1;
  std::uint32_t given = 0;
  std::uint32_t position = 0;     // in the heap
  std::uint32_t after = kNobody;  // of those who are given a token at the same turn
};

struct MostTokens {
  std::vector<Holder>* holders;
  [[nodiscard]] bool before(ServerId a, ServerId b) const {
    const std::uint32_t tokens_a = (*holders)[a].tokens;
    const std::uint32_t tokens_b = (*holders)[b].tokens;
    return tokens_a != tokens_b ? tokens_a > tokens_b : a < b;
  }
  [[nodiscard]] std::uint32_t& position(ServerId server) const {
    return (*holders)[server].position;
  }
};

}  // namespace

std::vector<std::uint32_t> map_slots(const conf::Backend& config) {
  std::uint32_t common = 0;
  for (const conf::Server& server : config.servers) common = std::gcd(common, server.weight);
  std::vector<std::uint32_t> slots;
  slots.reserve(config.servers.size());
  for (const conf::Server& server : config.servers)
    slots.push_back(common == 0 ? 0 : server.weight / common);
  return slots;
}

std::vector<ServerId> order_of_turns(std::span<const std::uint32_t> slots) {
  const std::uint64_t total = std::accumulate(slots.begin(), slots.end(), std::uint64_t{0});
  std::vector<Holder> holders(slots.size());
  PositionedHeap<ServerId, MostTokens> heap(MostTokens{&holders});
  heap.reserve(slots.size());
  std::vector<std::uint32_t> given_at(total + 1, kNobody);  // heads of chains

  const auto expect_token = [&](ServerId server) {
    Holder& holder = holders[server];
    if (holder.given == slots[server]) return;
    const std::uint64_t turn = (++holder.given * total + slots[server] - 1) / slots[server];
    holder.after = given_at[turn];
    given_at[turn] = server;
  };
  for (ServerId server = 0; server < slots.size(); ++server) {
    if (slots[server] == 0) continue;
    heap.push(server);
    expect_token(server);
  }

  std::vector<ServerId> turns;
  turns.reserve(total);
  for (std::uint64_t turn = 1; turn <= total; ++turn) {
    for (std::uint32_t server = given_at[turn]; server != kNobody;) {
      const std::uint32_t after = holders[server].after;
      ++holders[server].tokens;
      heap.restore(server);
      expect_token(server);
      server = after;
    }
    const ServerId next = heap.top();
    turns.push_back(next);
    --holders[next].tokens;
    heap.restore(next);
  }
  return turns;
}

WeightedMap::WeightedMap(std::span<const std::uint32_t> slots,
                         std::span<const Candidate> candidates) {
  std::vector<std::uint32_t> due(slots.size());
  for (const Candidate& candidate : candidates) {
    if (candidate.usable && candidate.weight > 0) due[candidate.server] = slots[candidate.server];
  }
  turns = order_of_turns(due);
}

}  // namespace balancer
