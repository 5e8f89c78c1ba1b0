#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "balancer/stored_key.h"

namespace balancer {

// A client's address as the key of a sharded table. Clients choose their addresses, IPv6 ones in
// great number; the salt, where the system has loaded the table, a random place, keeps them from
// choosing addresses that fall into one bucket.
class SourceKey {
 public:
  static constexpr std::size_t kShards = 64;

  SourceKey(Key address, const void* salt)
      : address_(address), hash_(hash_of(address_, address.size(), salt)) {}

  // By the highest bits; a map inside a shard uses the hash as a whole.
  [[nodiscard]] std::size_t shard() const { return hash_ >> 58; }

  struct Hash {
    std::size_t operator()(const SourceKey& key) const { return key.hash_; }
  };

  friend bool operator==(const SourceKey& a, const SourceKey& b) {
    return a.address_ == b.address_;
  }

 private:
  static std::uint64_t hash_of(const StoredKey& address, std::size_t size, const void* salt) {
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), address.padded().data(), sizeof(halves));
    auto mixed = reinterpret_cast<std::uintptr_t>(salt) ^ (std::uint64_t{size} << 56);
    for (const std::uint64_t half : halves) {
      mixed = (mixed ^ half) * 0x9e3779b97f4a7c15;
      mixed ^= mixed >> 32;
    }
    return mixed * 0xd6e8feb86659fd93;
  }

  StoredKey address_;
  std::uint64_t hash_;
};

static_assert(SourceKey::kShards == std::size_t{1} << (64 - 58));

}  // namespace balancer
