#include "balancer/source_counts.h"

#include <cassert>

namespace balancer {

bool SourceCounts::take(Key source) {
  if (source.empty()) return true;
  const SourceKey counted(source, this);
  Shard& shard = shards_[counted.shard()];
  const std::lock_guard lock(shard.mutex);
  std::uint32_t& open = shard.open[counted];
  if (open >= max_) return false;
  ++open;
  return true;
}

void SourceCounts::release(Key source) {
  if (source.empty()) return;
  const SourceKey counted(source, this);
  Shard& shard = shards_[counted.shard()];
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

}  // namespace balancer
