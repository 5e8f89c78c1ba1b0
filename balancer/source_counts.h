#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "balancer/policy.h"
#include "balancer/source_key.h"

namespace balancer {

// How many sessions each client address has open, held to a maximum. For any thread; O(1). An
// address without sessions takes no memory.
class SourceCounts {
 public:
  // `max` is at least 1.
  explicit SourceCounts(std::uint32_t max) : max_(max) { assert(max > 0); }
  SourceCounts(const SourceCounts&) = delete;  // its own address salts the hash
  SourceCounts& operator=(const SourceCounts&) = delete;

  // False: this source has its maximum. A client without an address (UNIX) is neither refused nor
  // counted.
  [[nodiscard]] bool take(Key source);

  // Once for each take() that succeeded.
  void release(Key source);

  // The addresses that have sessions.
  [[nodiscard]] std::size_t size() const;

 private:
  // Each on cache lines of its own, so that workers do not slow each other down.
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<SourceKey, std::uint32_t, SourceKey::Hash> open;
  };

  const std::uint32_t max_;
  std::array<Shard, SourceKey::kShards> shards_;
};

}  // namespace balancer
