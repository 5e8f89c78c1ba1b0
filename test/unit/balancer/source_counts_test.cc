#include "balancer/source_counts.h"

#include <array>
#include <atomic>
#include <catch2/catch.hpp>
#include <cstdint>
#include <thread>
#include <vector>

using balancer::SourceCounts;

namespace {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

}  // namespace

TEST_CASE("one source may have so many sessions and no more, whatever others have", "[balancer]") {
  SourceCounts counts(2);
  const Ipv4 one = {192, 0, 2, 1};
  const Ipv4 other = {192, 0, 2, 2};

  CHECK(counts.take(one));
  CHECK(counts.take(one));
  CHECK_FALSE(counts.take(one));
  CHECK(counts.take(other));

  counts.release(one);
  CHECK(counts.take(one));
  CHECK_FALSE(counts.take(one));
}

TEST_CASE("an IPv6 source is not the IPv4 source with the same first bytes", "[balancer]") {
  SourceCounts counts(1);

  CHECK(counts.take(Ipv4{1, 2, 3, 4}));
  CHECK(counts.take(Ipv6{1, 2, 3, 4}));
  CHECK_FALSE(counts.take(Ipv6{1, 2, 3, 4}));
  CHECK(counts.take(Ipv6{1, 2, 3, 4, 5}));
}

TEST_CASE("a source without sessions is forgotten", "[balancer]") {
  SourceCounts counts(3);
  for (std::uint8_t i = 0; i < 200; ++i) REQUIRE(counts.take(Ipv4{10, 0, 0, i}));
  REQUIRE(counts.take(Ipv4{10, 0, 0, 0}));
  CHECK(counts.size() == 200);

  for (std::uint8_t i = 0; i < 200; ++i) counts.release(Ipv4{10, 0, 0, i});

  CHECK(counts.size() == 1);
}

TEST_CASE("clients without an address are not counted", "[balancer]") {
  SourceCounts counts(1);

  CHECK(counts.take({}));
  CHECK(counts.take({}));
  counts.release({});
  CHECK(counts.size() == 0);
}

TEST_CASE("under four threads no source ever has more than its maximum", "[balancer]") {
  SourceCounts counts(2);
  std::array<std::atomic<int>, 8> open{};
  std::atomic<bool> exceeded = false;
  std::atomic<int> taken = 0;

  {
    std::vector<std::jthread> threads;
    for (std::uint8_t thread = 0; thread < 4; ++thread) {
      threads.emplace_back([&, thread] {
        for (unsigned i = 0; i < 20'000; ++i) {
          const auto last = static_cast<std::uint8_t>((i * (2U * thread + 1)) % 8);
          const Ipv4 source = {10, 0, 0, last};
          if (!counts.take(source)) continue;
          if (++open[last] > 2) exceeded = true;
          ++taken;
          --open[last];
          counts.release(source);
        }
      });
    }
  }

  CHECK_FALSE(exceeded);
  CHECK(taken > 0);
  CHECK(counts.size() == 0);
}
