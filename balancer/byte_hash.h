#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "balancer/split_mix.h"

namespace balancer {

// A hash of bytes in 64 bits, all of them good: their number, and then every eight of them, go
// through SplitMix64. Another seed is another function. Who knows the seed can find keys that
// collide.
[[nodiscard]] inline std::uint64_t hash_bytes(std::span<const std::uint8_t> bytes,
                                              std::uint64_t seed) {
  std::uint64_t hash = seed ^ (bytes.size() * kSplitMixStep);
  for (; bytes.size() >= 8; bytes = bytes.subspan(8)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    hash = split_mix((hash + kSplitMixStep) ^ word);
  }
  std::uint64_t rest = 0;
  for (const std::uint8_t byte : bytes) rest = rest << 8 | byte;
  return split_mix((hash + kSplitMixStep) ^ rest);
}

}  // namespace balancer
