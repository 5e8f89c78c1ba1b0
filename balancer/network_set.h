#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "balancer/policy.h"
#include "conf/address.h"

namespace balancer {

// Blocks of addresses, asked whether a client is in one of them. Const once built; any thread may
// ask.
class NetworkSet {
 public:
  NetworkSet() = default;
  explicit NetworkSet(std::span<const conf::Network> networks);

  // O(log n). A client without an address (UNIX) is in no block.
  [[nodiscard]] bool contains(Key address) const;

  [[nodiscard]] bool empty() const { return ipv4_.empty() && ipv6_.empty(); }

 private:
  template <std::size_t kBytes>
  struct Range {
    std::array<std::uint8_t, kBytes> first;
    std::array<std::uint8_t, kBytes> last;
  };

  // Sorted and disjoint. Of blocks only one can contain the other, so those inside another are left
  // out.
  template <std::size_t kBytes>
  using Ranges = std::vector<Range<kBytes>>;

  template <std::size_t kBytes>
  static Range<kBytes> range_of(const conf::Network& network);
  template <std::size_t kBytes>
  static void merge(Ranges<kBytes>& ranges);
  template <std::size_t kBytes>
  static bool find(const Ranges<kBytes>& ranges, Key address);

  Ranges<4> ipv4_;
  Ranges<16> ipv6_;
};

}  // namespace balancer
