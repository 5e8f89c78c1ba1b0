#include "balancer/weighted_draw.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

#include "test/unit/balancer/random.h"

using balancer::ServerId;
using balancer::SplitMix;
using balancer::Weight;
using balancer::WeightedDraw;

namespace {

// Pearson's chi-squared of what was drawn against what the weights ask for. With k servers its mean
// is k - 1 and its variance 2(k - 1).
double chi_squared(const std::vector<int>& drawn, const std::vector<Weight>& weights) {
  const double draws = std::accumulate(drawn.begin(), drawn.end(), 0.0);
  const double total = std::accumulate(weights.begin(), weights.end(), 0.0);
  double sum = 0;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const double expected = draws * weights[i] / total;
    sum += (drawn[i] - expected) * (drawn[i] - expected) / expected;
  }
  return sum;
}

}  // namespace

// The first numbers of the reference implementation, for the seed that is used to check others.
TEST_CASE("the random numbers are those of SplitMix64", "[balancer]") {
  SplitMix random(1234567);

  CHECK(random.next() == 6457827717110365317U);
  CHECK(random.next() == 3203168211198807973U);
  CHECK(random.next() == 9817491932198370423U);
}

TEST_CASE("servers are drawn in proportion to their weights", "[balancer]") {
  const auto seed = GENERATE(range(1U, 11U));
  CAPTURE(seed);
  const std::vector<Weight> weights = {16, 1, 160, 16, 300, 4096, 7, 16, 512, 64};
  WeightedDraw draw(seed);
  for (ServerId id = 0; id < weights.size(); ++id) draw.set(id, weights[id], true);

  std::vector<int> drawn(weights.size());
  for (int i = 0; i < 200'000; ++i) ++drawn[draw.draw().value()];

  // Nine degrees of freedom: one in a thousand is above 27.9.
  CHECK(chi_squared(drawn, weights) < 27.9);
}

TEST_CASE("another server is drawn in proportion to the weights of the others", "[balancer]") {
  const std::vector<Weight> weights = {16, 48, 160, 16, 300};
  WeightedDraw draw(1);
  for (ServerId id = 0; id < weights.size(); ++id) draw.set(id, weights[id], true);
  const ServerId than = GENERATE(range(0U, 5U));
  CAPTURE(than);

  std::vector<int> drawn(weights.size());
  for (int i = 0; i < 100'000; ++i) ++drawn[draw.draw_other(than).value()];

  CHECK(drawn[than] == 0);
  std::vector<Weight> others = weights;
  others.erase(others.begin() + than);
  drawn.erase(drawn.begin() + than);
  // Three degrees of freedom: one in a thousand is above 16.3.
  CHECK(chi_squared(drawn, others) < 16.3);
}

TEST_CASE("nobody is drawn of nobody, and no other than the only one", "[balancer]") {
  WeightedDraw draw(1);
  CHECK_FALSE(draw.draw().has_value());

  draw.set(0, 16, false);
  draw.set(1, 0, true);
  draw.set(2, 16, true);
  draw.full(2);
  CHECK_FALSE(draw.draw().has_value());

  draw.free(2);
  CHECK(draw.draw() == 2U);
  CHECK_FALSE(draw.draw_other(2).has_value());
}

TEST_CASE("servers are drawn as by walking along their weights, whatever changes", "[balancer]") {
  const auto seed = GENERATE(range(1U, 31U));
  CAPTURE(seed);
  Random random(seed);
  struct Server {
    Weight weight = 0;
    bool usable = false;
    bool full = false;
    [[nodiscard]] Weight share() const { return usable && !full ? weight : 0; }
  };
  std::vector<Server> servers;
  WeightedDraw draw(seed);
  SplitMix same(seed);
  const auto walk = [&](std::optional<ServerId> except) -> std::optional<ServerId> {
    std::uint64_t total = 0;
    for (ServerId id = 0; id < servers.size(); ++id)
      total += id == except ? 0 : servers[id].share();
    if (total == 0) return std::nullopt;
    std::uint64_t point = same.below(total);
    for (ServerId id = 0;; ++id) {
      const Weight share = id == except ? 0 : servers[id].share();
      if (point < share) return id;
      point -= share;
    }
  };

  for (int step = 0; step < 5000; ++step) {
    const ServerId id = random.below(static_cast<std::uint32_t>(servers.size()) + 1);
    const bool known = id < servers.size();
    switch (random.below(5)) {
      case 0:
        if (!known && random.below(4) != 0) break;
        if (!known) servers.resize(id + 1 + random.below(3));
        servers[id].weight = random.below(balancer::kMaxWeight + 1);
        servers[id].usable = random.below(4) != 0;
        draw.set(id, servers[id].weight, servers[id].usable);
        draw.set(static_cast<ServerId>(servers.size() - 1), servers.back().weight,
                 servers.back().usable);
        break;
      case 1:
        if (!known) break;
        draw.full(id);
        servers[id].full = true;
        break;
      case 2:
        if (!known) break;
        draw.free(id);
        servers[id].full = false;
        break;
      default:
        const auto drawn = draw.draw();
        if (drawn != walk(std::nullopt)) FAIL("step " << step);
        if (drawn && draw.draw_other(*drawn) != walk(drawn)) FAIL("other, step " << step);
    }
  }
}
