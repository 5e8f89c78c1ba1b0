#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "balancer/policy.h"
#include "balancer/source_key.h"

namespace balancer {

// New sessions a second of each client address, held to a maximum; a second's worth may come at
// once. The generic cell rate algorithm, one number for each address. For any thread; O(1) on
// average. An address takes memory until it is paid up, at most a second, and until its shard is
// swept, which happens whenever it has doubled.
class SourceRates {
 public:
  // `rate` is at least 1.
  explicit SourceRates(std::uint32_t rate);
  SourceRates(const SourceRates&) = delete;  // its own address salts the hash
  SourceRates& operator=(const SourceRates&) = delete;

  // False: this source has had its rate. A client without an address (UNIX) is not counted.
  [[nodiscard]] bool take(Key source, Tick now);

  // The addresses that take memory.
  [[nodiscard]] std::size_t size() const;

 private:
  // Each on cache lines of its own, so that workers do not slow each other down.
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::unordered_map<SourceKey, std::uint64_t, SourceKey::Hash> paid_until;  // us
    std::size_t sweep_at = 64;
  };

  static void sweep(Shard& shard, std::uint64_t time);

  const std::uint64_t interval_;  // us
  std::array<Shard, SourceKey::kShards> shards_;
};

}  // namespace balancer
