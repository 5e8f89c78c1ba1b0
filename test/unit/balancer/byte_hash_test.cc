#include "balancer/byte_hash.h"

#include <bit>
#include <catch2/catch.hpp>
#include <cstdint>
#include <set>
#include <vector>

#include "test/unit/balancer/random.h"

using balancer::hash_bytes;

TEST_CASE("zeros of another number hash to another value", "[balancer]") {
  std::set<std::uint64_t> hashes;
  for (std::size_t size = 0; size < 100; ++size)
    hashes.insert(hash_bytes(std::vector<std::uint8_t>(size), 1));

  CHECK(hashes.size() == 100);
}

TEST_CASE("another bit of the bytes or of the seed turns over half of the hash", "[balancer]") {
  Random random(1);
  for (const std::size_t size : {1U, 4U, 7U, 8U, 9U, 16U, 18U, 36U}) {
    CAPTURE(size);
    int turned = 0;
    int rounds = 0;
    for (int sample = 0; sample < 20; ++sample) {
      std::vector<std::uint8_t> bytes(size);
      for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.below(256));
      const std::uint64_t hash = hash_bytes(bytes, 7);
      for (std::size_t bit = 0; bit < 8 * size; ++bit, ++rounds) {
        auto other = bytes;
        other[bit / 8] = static_cast<std::uint8_t>(other[bit / 8] ^ (1U << (bit % 8)));
        turned += std::popcount(hash ^ hash_bytes(other, 7));
      }
      for (int bit = 0; bit < 64; ++bit, ++rounds)
        turned += std::popcount(hash ^ hash_bytes(bytes, 7 ^ (std::uint64_t{1} << bit)));
    }
    CHECK(static_cast<double>(turned) / rounds == Approx(32).margin(0.5));
  }
}
