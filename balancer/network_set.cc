#include "balancer/network_set.h"

#include <algorithm>
#include <tuple>

namespace balancer {

NetworkSet::NetworkSet(std::span<const conf::Network> networks) {
  for (const conf::Network& network : networks) {
    if (network.family == conf::Family::kIpv4) {
      ipv4_.push_back(range_of<4>(network));
    } else {
      ipv6_.push_back(range_of<16>(network));
    }
  }
  merge(ipv4_);
  merge(ipv6_);
}

bool NetworkSet::contains(Key address) const {
  if (address.size() == 4) return find(ipv4_, address);
  if (address.size() == 16) return find(ipv6_, address);
  return false;
}

template <std::size_t kBytes>
NetworkSet::Range<kBytes> NetworkSet::range_of(const conf::Network& network) {
  Range<kBytes> range;
  for (std::size_t i = 0; i < kBytes; ++i) {
    const int fixed_bits = std::clamp(network.prefix - 8 * static_cast<int>(i), 0, 8);
    range.first[i] = network.ip[i];
    range.last[i] = static_cast<std::uint8_t>(network.ip[i] | (0xff >> fixed_bits));
  }
  return range;
}

template <std::size_t kBytes>
void NetworkSet::merge(Ranges<kBytes>& ranges) {
  std::ranges::sort(ranges, [](const auto& a, const auto& b) {
    return std::tie(a.first, b.last) < std::tie(b.first, a.last);  // the greater of two comes first
  });
  Ranges<kBytes> outermost;
  for (const auto& range : ranges) {
    if (outermost.empty() || outermost.back().last < range.first) outermost.push_back(range);
  }
  ranges = std::move(outermost);
}

template <std::size_t kBytes>
bool NetworkSet::find(const Ranges<kBytes>& ranges, Key address) {
  std::array<std::uint8_t, kBytes> wanted;
  std::ranges::copy(address, wanted.begin());
  const auto after = std::ranges::upper_bound(ranges, wanted, {}, &Range<kBytes>::first);
  return after != ranges.begin() && wanted <= std::prev(after)->last;
}

}  // namespace balancer
