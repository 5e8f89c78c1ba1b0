#include "balancer/source_counts.h"

#include <cassert>
#include <cstring>

namespace balancer {

bool SourceCounts::take(Key source) {
  if (source.empty()) return true;
  const Source counted = source_of(source);
  Shard& shard = shard_of(counted);
  const std::lock_guard lock(shard.mutex);
  std::uint32_t& open = shard.open[counted];
  if (open >= max_) return false;
  ++open;
  return true;
}

void SourceCounts::release(Key source) {
  if (source.empty()) return;
  const Source counted = source_of(source);
  Shard& shard = shard_of(counted);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.open.find(counted);
  assert(found != shard.open.end());
  if (--found->second == 0) shard.open.erase(found);
}

std::size_t SourceCounts::size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    size += shard.open.size();
  }
  return size;
}

// Clients choose their addresses, IPv6 ones in great number; the salt (where the system has loaded
// this object, a random place) keeps them from choosing addresses that fall into one bucket.
SourceCounts::Source SourceCounts::source_of(Key key) const {
  Source source{.key = StoredKey(key)};
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), source.key.padded().data(), sizeof(halves));
  auto mixed = reinterpret_cast<std::uintptr_t>(this) ^ (std::uint64_t{key.size()} << 56);
  for (const std::uint64_t half : halves) {
    mixed = (mixed ^ half) * 0x9e3779b97f4a7c15;
    mixed ^= mixed >> 32;
  }
  source.hash = mixed * 0xd6e8feb86659fd93;
  return source;
}

// By the highest bits; the map inside uses the hash as a whole.
SourceCounts::Shard& SourceCounts::shard_of(const Source& source) {
  static_assert(std::tuple_size_v<decltype(shards_)> == 64);
  return shards_[source.hash >> 58];
}

}  // namespace balancer
