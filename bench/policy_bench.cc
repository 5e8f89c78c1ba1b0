// What does the choice of a server cost? Nanoseconds for pick and release under the backend's lock,
// by policy and number of servers, alone and with two threads at one backend; and for one change of
// a weight. Half of the servers have twice the weight of the others.
//
// Usage: build/release/bench/policy-bench [--benchmark_filter=pick.*servers:10000]

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "balancer/backend.h"
#include "conf/algorithm.h"
#include "conf/model.h"

namespace {

using conf::Algorithm;

constexpr std::array<std::pair<std::string_view, conf::Balance>, 12> kPolicies = {{
    {"roundrobin", {.by = Algorithm::kRoundRobin}},
    {"static-rr", {.by = Algorithm::kStaticRoundRobin}},
    {"leastconn", {.by = Algorithm::kLeastConnections}},
    {"first", {.by = Algorithm::kFirst}},
    {"random", {.by = Algorithm::kRandom}},
    {"peak-ewma", {.by = Algorithm::kPeakEwma}},
    {"source", {.by = Algorithm::kSource}},
    {"hash-map-based", {.by = Algorithm::kHash}},
    {"hash-consistent", {.by = Algorithm::kHash, .hash_type = conf::HashType::kConsistent}},
    {"hash-bounded",
     {.by = Algorithm::kHash, .hash_type = conf::HashType::kConsistent, .balance_factor = 150}},
    {"maglev", {.by = Algorithm::kMaglev}},
    {"sticky-source", {.by = Algorithm::kStickySource}},
}};

class Nobody final : public balancer::Waker {
 public:
  void granted(balancer::Grant) override {}
};

struct Stage {
  Stage(const conf::Balance& balance, std::uint32_t servers) {
    config.balance = balance;
    for (std::uint32_t i = 0; i < servers; ++i) {
      conf::Server server;
      server.name = fmt::format("s{}", i);
      server.id = i + 1;
      server.address = conf::Address{};
      server.weight = 1 + i % 2;
      server.maxconn = 1000;
      config.servers.push_back(std::move(server));
    }
    backend = std::make_unique<balancer::Backend>(config, waker, 0);
  }

  conf::Backend config;
  Nobody waker;
  std::unique_ptr<balancer::Backend> backend;
};

std::unique_ptr<Stage> stage;  // of the benchmark that runs, for all of its threads

std::array<std::uint8_t, 4> address(std::uint32_t number) {
  number *= 2'654'435'761U;
  return {static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
          static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
}

// The arguments of a benchmark: an index into kPolicies, and the number of servers.
const std::pair<std::string_view, conf::Balance>& policy_of(const benchmark::State& state) {
  return kPolicies.at(static_cast<std::size_t>(state.range(0)));
}

void set_up(const benchmark::State& state) {
  stage =
      std::make_unique<Stage>(policy_of(state).second, static_cast<std::uint32_t>(state.range(1)));
}

void tear_down(const benchmark::State&) { stage.reset(); }

void every_policy_and_size(benchmark::internal::Benchmark* one) {
  for (std::size_t policy = 0; policy < kPolicies.size(); ++policy)
    for (const std::int64_t servers : {10, 100, 1000, 10'000})
      one->Args({static_cast<std::int64_t>(policy), servers});
  one->ArgNames({"policy", "servers"})->Setup(set_up)->Teardown(tear_down);
}

void pick_and_release(benchmark::State& state) {
  state.SetLabel(std::string(policy_of(state).first));
  auto number = static_cast<std::uint32_t>(state.thread_index()) << 31;
  while (state.KeepRunning()) {
    ++number;
    auto choice = stage->backend->pick(address(number % 100'000), {}, number >> 10);
    benchmark::DoNotOptimize(choice);
  }
}

// The whole of it, the table that some policies build without the lock included.
void change_weight(benchmark::State& state) {
  state.SetLabel(std::string(policy_of(state).first));
  std::uint32_t number = 0;
  const auto servers = static_cast<std::uint32_t>(stage->config.servers.size());
  const bool is_static = conf::is_static(stage->config.balance);
  while (state.KeepRunning()) {
    ++number;
    // Where a server has its weight or none, half of them have it in every other round.
    const std::uint32_t weight = is_static ? (number / servers + number) % 2 : 1 + number % 3;
    stage->backend->update(
        number * 7919 % servers,
        [weight](balancer::Facts& facts) { facts.operator_weight = weight; }, 0);
  }
}

BENCHMARK(pick_and_release)->Apply(every_policy_and_size)->Threads(1)->Threads(2)->UseRealTime();
BENCHMARK(change_weight)->Apply(every_policy_and_size);

}  // namespace

BENCHMARK_MAIN();
