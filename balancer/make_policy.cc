#include "balancer/make_policy.h"

#include <cstdint>
#include <random>
#include <utility>
#include <vector>

#include "balancer/consistent_hash.h"
#include "balancer/first.h"
#include "balancer/least_connections.h"
#include "balancer/maglev.h"
#include "balancer/mapped_hash.h"
#include "balancer/peak_ewma.h"
#include "balancer/random_draws.h"
#include "balancer/round_robin.h"
#include "balancer/static_round_robin.h"
#include "conf/algorithm.h"

namespace balancer {

namespace {

std::vector<std::uint32_t> ids_of(const conf::Backend& config) {
  std::vector<std::uint32_t> ids;
  ids.reserve(config.servers.size());
  for (const conf::Server& server : config.servers) ids.push_back(server.id);
  return ids;
}

// Nobody may draw as another does: not the same backend of a second daemon, which would send its
// sessions to the same servers at the same time.
std::uint64_t seed() {
  std::random_device device;
  return (std::uint64_t{device()} << 32) | device();
}

std::unique_ptr<Policy> make(conf::Algorithm algorithm, const conf::Backend& config) {
  const conf::Balance& balance = config.balance;
  switch (algorithm) {
    case conf::Algorithm::kRoundRobin:
      return std::make_unique<RoundRobin>();
    case conf::Algorithm::kStaticRoundRobin:
      return std::make_unique<StaticRoundRobin>(config);
    case conf::Algorithm::kLeastConnections:
      return std::make_unique<LeastConnections>();
    case conf::Algorithm::kFirst:
      return std::make_unique<First>(ids_of(config));
    case conf::Algorithm::kSource:
    case conf::Algorithm::kHash:
      if (balance.hash_type == conf::HashType::kConsistent)
        return std::make_unique<ConsistentHash>(config);
      return std::make_unique<MappedHash>(config);
    case conf::Algorithm::kRandom:
      return std::make_unique<RandomDraws>(balance.draws, seed());
    case conf::Algorithm::kPeakEwma:
      return std::make_unique<PeakEwma>(balance.decay, seed());
    case conf::Algorithm::kMaglev:
      return std::make_unique<Maglev>(config);
    case conf::Algorithm::kStickySource:
      break;  // places nobody
  }
  std::unreachable();
}

}  // namespace

std::unique_ptr<Policy> make_policy(const conf::Backend& config) {
  return make(conf::placing(config.balance), config);
}

}  // namespace balancer
