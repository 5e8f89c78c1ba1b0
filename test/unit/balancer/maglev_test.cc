#include "balancer/maglev.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "test/unit/balancer/allocations.h"
#include "test/unit/balancer/random.h"

using balancer::Candidate;
using balancer::Maglev;
using balancer::ServerId;
using balancer::Table;
using balancer::Weight;

namespace {

using Bytes = std::array<std::uint8_t, 4>;

Bytes address(std::uint32_t number) {
  return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

conf::Backend backend_with(const std::vector<std::string>& names, std::uint32_t size = 65'537) {
  conf::Backend config;
  config.balance.table_size = size;
  for (const std::string& name : names) {
    conf::Server server;
    server.name = name;
    config.servers.push_back(server);
  }
  return config;
}

std::vector<std::string> names(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back("web" + std::to_string(i));
  return all;
}

std::vector<Candidate> all_usable(std::size_t count, Weight weight = 16) {
  std::vector<Candidate> all(count, {.weight = weight, .usable = true});
  for (ServerId id = 0; id < count; ++id) all[id].server = id;
  return all;
}

std::vector<ServerId> entries(const Maglev& policy, const std::vector<Candidate>& candidates) {
  const std::unique_ptr<Table> table = policy.build(candidates);
  return static_cast<const Maglev::Entries&>(*table).servers;
}

// Tells the policy all of it, as a backend does.
void inform(Maglev& policy, const std::vector<Candidate>& candidates) {
  for (const auto& [server, weight, usable] : candidates) policy.set(server, weight, usable);
  auto table = policy.build(candidates);
  policy.adopt(table);
}

std::vector<ServerId> picks(Maglev& policy, std::uint32_t clients) {
  std::vector<ServerId> chosen;
  for (std::uint32_t i = 0; i < clients; ++i) chosen.push_back(policy.pick(address(i), 0).value());
  return chosen;
}

// The paper's way, with whole permutations, and everybody looked at for every entry.
std::vector<ServerId> slow_entries(const conf::Backend& config,
                                   const std::vector<Candidate>& candidates) {
  const std::uint32_t size = config.balance.table_size;
  std::map<ServerId, std::vector<std::uint32_t>> permutations;
  std::map<ServerId, std::uint64_t> turns;
  for (const Candidate& candidate : candidates) {
    if (!candidate.usable || candidate.weight == 0) continue;
    const auto wishes = Maglev::wishes_of(config.servers[candidate.server].name, size);
    auto& permutation = permutations[candidate.server];
    for (std::uint64_t i = 0; i < size; ++i)
      permutation.push_back(static_cast<std::uint32_t>((wishes.first + i * wishes.skip) % size));
    turns[candidate.server] = 0;
  }
  if (turns.empty()) return {};

  std::vector<std::optional<ServerId>> taken(size);
  for (std::uint32_t i = 0; i < size; ++i) {
    std::optional<ServerId> next;
    for (const auto& [id, number] : turns) {
      const auto due = [&](ServerId of) {
        return std::pair(static_cast<double>(turns[of]) / candidates[of].weight,
                         config.servers[of].name);
      };
      if (!next || due(id) < due(*next)) next = id;
    }
    ++turns[*next];
    const auto free =
        std::ranges::find_if(permutations[*next], [&](std::uint32_t at) { return !taken[at]; });
    taken[*free] = *next;
  }
  std::vector<ServerId> entries;
  for (const auto& entry : taken) entries.push_back(entry.value());
  return entries;
}

}  // namespace

TEST_CASE("a server wishes for every entry once", "[balancer]") {
  const auto [first, skip] = Maglev::wishes_of("web1", 251);
  std::vector<bool> wished(251);
  for (std::uint32_t i = 0; i < 251; ++i) wished[(first + i * skip) % 251] = true;

  CHECK(std::ranges::count(wished, true) == 251);
}

TEST_CASE("a Maglev table is filled as the slow obvious way fills it", "[balancer]") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Random random(seed);
  const std::size_t count = 1 + random.below(30);
  const std::uint32_t size = std::vector<std::uint32_t>{2, 13, 251, 509}[seed % 4];
  const conf::Backend config = backend_with(names(count), size);
  const Maglev policy(config);
  auto candidates = all_usable(count);
  const std::vector<Weight> powers{1, 2, 4, 1024, 4096};  // their quotients are exact
  for (Candidate& candidate : candidates) {
    if (seed % 3 != 0) candidate.weight = powers[random.below(5)];
    if (random.below(6) == 0) candidate.weight = 0;
    candidate.usable = random.below(6) != 0;
  }

  CHECK(entries(policy, candidates) == slow_entries(config, candidates));
}

TEST_CASE("a Maglev table has an entry for everybody and nobody's share is off by more than one",
          "[balancer]") {
  Random random(1);
  const Maglev policy(backend_with(names(500)));
  auto candidates = all_usable(500);
  for (Candidate& candidate : candidates) candidate.weight = 16 * (1 + random.below(256));

  const auto servers = entries(policy, candidates);

  REQUIRE(servers.size() == 65'537);
  std::vector<std::uint64_t> shares(500);
  for (const ServerId id : servers) ++shares.at(id);
  // What is left of the last round: all had their k-th turn at the same time, to one turn each.
  double least = 1e9;
  double most = 0;
  for (const auto& [id, weight, usable] : candidates) {
    CHECK(shares[id] > 0);
    least = std::min(least, static_cast<double>(shares[id]) / weight);
    most = std::max(most, static_cast<double>(shares[id] - 1) / weight);
  }
  CHECK(most <= least);
}

TEST_CASE("a server's share of a Maglev table follows its weight to one in a hundred",
          "[balancer]") {
  const Maglev policy(backend_with(names(36)));
  auto candidates = all_usable(36);
  for (ServerId id = 0; id < 36; ++id) candidates[id].weight = 16 * (1 + id % 6);

  const auto servers = entries(policy, candidates);

  std::vector<double> shares(36);
  for (const ServerId id : servers) ++shares.at(id);
  for (ServerId id = 0; id < 36; ++id) {
    const double due = 65'537.0 * (1 + id % 6) / (6 * 21);
    CHECK(shares[id] == Approx(due).epsilon(0.01));
  }
}

TEST_CASE("clients spread over the servers of a Maglev table by weight", "[balancer]") {
  Maglev policy(backend_with(names(10)));
  auto candidates = all_usable(10);
  candidates[0].weight = 32;
  inform(policy, candidates);

  std::vector<int> clients(10);
  for (const ServerId id : picks(policy, 110'000)) ++clients[id];

  CHECK(clients[0] == Approx(20'000).epsilon(0.05));
  for (ServerId id = 1; id < 10; ++id) CHECK(clients[id] == Approx(10'000).epsilon(0.05));
}

TEST_CASE("when one server leaves, few clients of others move, and all come back with it",
          "[balancer]") {
  const std::size_t count = GENERATE(2U, 3U, 10U, 50U, 400U);
  CAPTURE(count);
  Maglev policy(backend_with(names(count)));
  auto candidates = all_usable(count);
  inform(policy, candidates);
  const auto before = picks(policy, 20'000);

  candidates[count / 2].usable = false;
  inform(policy, candidates);
  const auto without = picks(policy, 20'000);
  candidates[count / 2].usable = true;
  inform(policy, candidates);

  CHECK(std::ranges::count(without, count / 2) == 0);
  int moved = 0;
  for (std::size_t i = 0; i < before.size(); ++i) moved += before[i] != without[i];
  CHECK(moved <= 20'000.0 * (1.0 / static_cast<double>(count) + 0.02));
  CHECK(picks(policy, 20'000) == before);
}

TEST_CASE("the order of the file does not change whom a client of Maglev meets", "[balancer]") {
  auto shuffled = names(100);
  std::ranges::rotate(shuffled, shuffled.begin() + 37);
  std::swap(shuffled[3], shuffled[90]);
  const conf::Backend first_config = backend_with(names(100), 1009);
  const conf::Backend second_config = backend_with(shuffled, 1009);
  Maglev first(first_config);
  Maglev second(second_config);
  const auto weigh = [](const conf::Backend& config) {
    auto candidates = all_usable(100);
    for (auto& candidate : candidates)
      candidate.weight = static_cast<Weight>(config.servers[candidate.server].name.back());
    return candidates;
  };
  inform(first, weigh(first_config));
  inform(second, weigh(second_config));

  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const auto met = first_config.servers[first.pick(address(i), 0).value()].name;
    const auto met_too = second_config.servers[second.pick(address(i), 0).value()].name;
    if (met != met_too) FAIL("client " << i);
  }
}

TEST_CASE("who is not usable is not picked before the table follows, and the others keep theirs",
          "[balancer]") {
  const auto seed = GENERATE(range(1U, 21U));
  CAPTURE(seed);
  Random random(seed);
  const ServerId count = 2 + random.below(100);
  Maglev policy(backend_with(names(count), 1009));
  auto candidates = all_usable(count);
  inform(policy, candidates);
  const auto before = picks(policy, 1000);

  const std::uint32_t down_of_ten = random.below(10);
  for (Candidate& candidate : candidates) {
    if (random.below(10) >= down_of_ten) continue;
    if (random.below(2) == 0) {
      candidate.usable = false;
    } else {
      candidate.weight = 0;
    }
    policy.set(candidate.server, candidate.weight, candidate.usable);
  }

  for (std::uint32_t i = 0; i < 1000; ++i) {
    const auto picked = policy.pick(address(i), 0);
    const auto serves = [&](ServerId id) { return candidates[id].usable && candidates[id].weight; };
    if (std::ranges::none_of(candidates, [&](const auto& one) { return serves(one.server); })) {
      REQUIRE_FALSE(picked.has_value());
    } else {
      REQUIRE(serves(picked.value()));
      if (serves(before[i])) REQUIRE(picked == before[i]);
    }
    REQUIRE(policy.pick(address(i), 0) == picked);
  }
}

TEST_CASE("Maglev picks the one server that is usable, though no table has it", "[balancer]") {
  Maglev policy(backend_with(names(3000)));
  policy.set(2000, 16, true);
  CHECK(policy.pick(address(1), 0) == 2000U);

  auto candidates = all_usable(3000);
  candidates[2000].usable = false;
  inform(policy, candidates);
  for (ServerId id = 0; id < 3000; ++id) policy.set(id, 16, false);
  CHECK_FALSE(policy.pick(address(1), 0).has_value());

  policy.set(2000, 16, true);
  CHECK(policy.pick(address(1), 0) == 2000U);
}

TEST_CASE("without a table Maglev picks all who are usable and nobody else", "[balancer]") {
  Random random(1);
  Maglev policy(backend_with(names(20)));
  std::set<ServerId> usable;

  for (int step = 0; step < 200; ++step) {
    const ServerId id = random.below(20);
    const bool up = random.below(2) == 0;
    policy.set(id, 16, up);
    if (up) {
      usable.insert(id);
    } else {
      usable.erase(id);
    }

    std::set<ServerId> picked;
    for (std::uint32_t i = 0; i < 500; ++i) {
      if (const auto server = policy.pick(address(i), 0)) picked.insert(*server);
    }
    REQUIRE(picked == usable);
  }
}

TEST_CASE("a Maglev table of nobody is empty, and nobody is picked", "[balancer]") {
  Maglev policy(backend_with(names(3)));
  auto candidates = all_usable(3);
  for (Candidate& candidate : candidates) candidate.usable = false;

  inform(policy, candidates);

  CHECK(entries(policy, candidates).empty());
  CHECK_FALSE(policy.pick(address(1), 0).has_value());
}

TEST_CASE("Maglev answers a server that is full", "[balancer]") {
  Maglev policy(backend_with(names(5)));
  inform(policy, all_usable(5));
  const ServerId chosen = policy.pick(address(1), 0).value();

  policy.full(chosen);

  CHECK(policy.binds());
  CHECK(policy.pick(address(1), 0) == chosen);
}

TEST_CASE("adopting a Maglev table gives the old one back", "[balancer]") {
  Maglev policy(backend_with(names(5)));
  auto table = policy.build(all_usable(5));
  const Table* first = table.get();
  policy.adopt(table);
  CHECK(table == nullptr);

  table = policy.build(all_usable(5));
  policy.adopt(table);

  CHECK(table.get() == first);
}

TEST_CASE("Maglev allocates in build() alone", "[balancer]") {
  Maglev policy(backend_with(names(100)));
  auto table = policy.build(all_usable(100));

  const std::size_t before = allocations();
  policy.adopt(table);
  for (ServerId id = 0; id < 100; ++id) policy.set(id, 16, true);
  for (ServerId id = 0; id < 100; id += 2) policy.set(id, 16, false);
  for (std::uint32_t i = 0; i < 1000; ++i) (void)policy.pick(address(i), 0);
  const std::size_t after = allocations();

  CHECK(after == before);
}

TEST_CASE("clients without a key take turns by weight, and a full server has none", "[balancer]") {
  Maglev policy(backend_with(names(3)));
  std::vector<Candidate> candidates = all_usable(3);
  candidates[2].weight = 32;
  inform(policy, candidates);
  const auto shares = [&policy] {
    std::vector<int> picked(3);
    for (int i = 0; i < 65'537; ++i) ++picked[policy.pick({}, 0).value()];
    return picked;
  };

  const std::vector<int> all = shares();
  CHECK(std::abs(all[0] - 16'384) <= 2);
  CHECK(std::abs(all[1] - 16'384) <= 2);
  policy.full(2);
  CHECK(shares()[2] == 0);
  policy.full(0);
  policy.full(1);
  CHECK_FALSE(policy.pick({}, 0).has_value());
  CHECK(policy.pick(address(1), 0).has_value());
  policy.free(1);
  CHECK(policy.pick({}, 0) == 1U);
}
