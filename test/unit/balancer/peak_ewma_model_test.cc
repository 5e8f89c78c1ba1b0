#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

#include "balancer/peak_ewma.h"
#include "test/unit/balancer/random.h"

using balancer::PeakEwma;
using balancer::ServerId;
using balancer::Tick;
using balancer::Weight;
using balancer::WeightedDraw;
using std::chrono::microseconds;
using namespace std::chrono_literals;

TEST_CASE("peak ewma picks of its two draws as the slow obvious rule does", "[balancer]") {
  const auto seed = GENERATE(range(1U, 31U));
  CAPTURE(seed);
  Random random(seed);
  constexpr double kDecay = 1000;
  struct Server {
    Weight weight = 0;
    double open = 0;
    bool tried = false;
    std::vector<std::pair<Tick, double>> seen = {};
  };
  std::vector<Server> servers(1 + random.below(20));
  const auto count = static_cast<ServerId>(servers.size());
  PeakEwma policy(1s, seed);
  WeightedDraw same(seed);
  Tick now = 0;
  // From all that was ever seen, oldest first.
  const auto time = [&](const Server& server, bool fades) {
    double average = 0;
    Tick since = 0;
    for (const auto& [when, seen] : server.seen) {
      const double old = std::exp(-static_cast<double>(when - since) / kDecay);
      average = seen > average ? seen : seen + (average - seen) * old;
      since = when;
    }
    return fades ? average * std::exp(-static_cast<double>(now - since) / kDecay) : average;
  };
  const auto cost = [&](const Server& server) {
    double sum = 0;
    double known = 0;
    for (const Server& other : servers) {
      sum += time(other, true);
      known += other.seen.empty() ? 0 : 1;
    }
    const double mean = known == 0 ? 0 : sum / known;
    const double own = server.seen.empty() ? mean : time(server, !server.tried);
    return std::max(100.0, own) * (server.open + 1) / server.weight;
  };
  const auto set = [&](ServerId id) {
    servers[id].weight = random.below(4) * 16;
    const bool usable = random.below(4) != 0;
    policy.set(id, servers[id].weight, usable);
    same.set(id, servers[id].weight, usable);
  };
  for (ServerId id = 0; id < count; ++id) set(id);

  for (int step = 0; step < 1000; ++step) {
    now += random.below(100) == 0 ? 10'000 : random.below(20);
    const ServerId id = random.below(count);
    switch (random.below(8)) {
      case 0:
        set(id);
        break;
      case 1:
      case 2:
        if (servers[id].open == 0) break;
        servers[id].open -= 1;
        servers[id].tried = false;
        policy.released(id);
        break;
      case 3:
      case 4:
        servers[id].seen.emplace_back(now, 1 + random.below(100'000));
        servers[id].tried = false;
        policy.answered(id, microseconds{static_cast<int>(servers[id].seen.back().second)}, now);
        break;
      default:
        const auto one = same.draw();
        const auto picked = policy.pick({}, now);
        REQUIRE(picked.has_value() == one.has_value());
        if (!picked) break;
        const ServerId other = same.draw_other(*one).value_or(*one);
        REQUIRE((picked == one || picked == other));
        const ServerId passed = picked == one ? other : *one;
        // Sums that are kept and sums that are made anew round differently.
        if (cost(servers[*picked]) > cost(servers[passed]) * (1 + 1e-9)) FAIL("step " << step);
        servers[*picked].open += 1;
        servers[*picked].tried = true;
        policy.taken(*picked);
    }
  }
}
