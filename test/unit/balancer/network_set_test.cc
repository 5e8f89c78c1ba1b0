#include "balancer/network_set.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <random>
#include <vector>

#include "test/unit/balancer/random.h"

using balancer::NetworkSet;
using conf::Family;
using conf::Network;

namespace {

using Ipv4 = std::array<std::uint8_t, 4>;
using Ipv6 = std::array<std::uint8_t, 16>;

Network ipv4(Ipv4 ip, int prefix) {
  Network network{.family = Family::kIpv4, .ip = {}, .prefix = prefix};
  std::ranges::copy(ip, network.ip.begin());
  return network;
}

Network ipv6(Ipv6 ip, int prefix) { return {.family = Family::kIpv6, .ip = ip, .prefix = prefix}; }

NetworkSet set_of(const std::vector<Network>& networks) { return NetworkSet(networks); }

// The slow obvious answer: bit by bit.
bool matches(const Network& network, balancer::Key address) {
  for (int bit = 0; bit < network.prefix; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((network.ip[byte] ^ address[byte]) & (0x80 >> (bit % 8))) != 0) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("an empty set contains nobody", "[balancer]") {
  CHECK(NetworkSet().empty());
  CHECK_FALSE(NetworkSet().contains(Ipv4{}));
}

TEST_CASE("a block contains its first and last address and no neighbour", "[balancer]") {
  const NetworkSet set = set_of({ipv4({10, 1, 16, 0}, 20)});

  CHECK(set.contains(Ipv4{10, 1, 16, 0}));
  CHECK(set.contains(Ipv4{10, 1, 31, 255}));
  CHECK_FALSE(set.contains(Ipv4{10, 1, 15, 255}));
  CHECK_FALSE(set.contains(Ipv4{10, 1, 32, 0}));
}

TEST_CASE("blocks of every length hold: everything, one address, a part of a byte", "[balancer]") {
  CHECK(set_of({ipv4({}, 0)}).contains(Ipv4{255, 255, 255, 255}));
  CHECK(set_of({ipv4({1, 2, 3, 4}, 32)}).contains(Ipv4{1, 2, 3, 4}));
  CHECK_FALSE(set_of({ipv4({1, 2, 3, 4}, 32)}).contains(Ipv4{1, 2, 3, 5}));
  CHECK(set_of({ipv6({}, 0)}).contains(Ipv6{0xff}));
  CHECK(set_of({ipv6({0x20, 0x01, 0x0d, 0xb8}, 33)}).contains(Ipv6{0x20, 0x01, 0x0d, 0xb8, 0x7f}));
  CHECK_FALSE(
      set_of({ipv6({0x20, 0x01, 0x0d, 0xb8}, 33)}).contains(Ipv6{0x20, 0x01, 0x0d, 0xb8, 0x80}));
}

TEST_CASE("a block inside another changes nothing", "[balancer]") {
  const NetworkSet set = set_of({ipv4({10, 5, 0, 0}, 16), ipv4({10, 0, 0, 0}, 8),
                                 ipv4({10, 0, 0, 0}, 24), ipv4({10, 0, 0, 0}, 8)});

  CHECK(set.contains(Ipv4{10, 0, 0, 1}));
  CHECK(set.contains(Ipv4{10, 5, 1, 1}));
  CHECK(set.contains(Ipv4{10, 200, 1, 1}));
  CHECK_FALSE(set.contains(Ipv4{11, 0, 0, 0}));
}

TEST_CASE("IPv4 and IPv6 do not match each other, and a UNIX client is in no block", "[balancer]") {
  const NetworkSet everything4 = set_of({ipv4({}, 0)});
  const NetworkSet everything6 = set_of({ipv6({}, 0)});

  CHECK_FALSE(everything4.contains(Ipv6{}));
  CHECK_FALSE(everything6.contains(Ipv4{}));
  CHECK_FALSE(everything4.contains({}));
}

TEST_CASE("the set answers as comparing bit by bit with every block does", "[balancer]") {
  const auto seed = GENERATE(range(1U, 41U));
  CAPTURE(seed);
  Random random(seed);
  // Few different bits, so that blocks nest and addresses hit.
  const auto byte = [&] { return static_cast<std::uint8_t>(random.below(256) & 0x91U); };
  std::vector<Network> networks;
  for (int i = 0; i < 40; ++i) {
    Ipv6 ip{};
    const int length = seed % 2 == 0 ? 4 : 16;
    std::generate_n(ip.begin(), length, byte);
    const int prefix = 1 + static_cast<int>(random.below(static_cast<std::uint32_t>(8 * length)));
    for (int bit = prefix; bit < 128; ++bit) {
      ip[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80 >> (bit % 8)));
    }
    networks.push_back({length == 4 ? Family::kIpv4 : Family::kIpv6, ip, prefix});
  }
  const NetworkSet set = set_of(networks);

  for (int i = 0; i < 2000; ++i) {
    Ipv6 address{};
    std::ranges::generate(address, byte);
    const auto key = balancer::Key(address).first(seed % 2 == 0 ? 4 : 16);
    const bool expected =
        std::ranges::any_of(networks, [&](const Network& block) { return matches(block, key); });
    if (set.contains(key) != expected) FAIL("address " << i);
  }
}

TEST_CASE("a hundred thousand blocks are told apart", "[balancer]") {
  std::vector<Network> networks;
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    networks.push_back(ipv4({static_cast<std::uint8_t>(i >> 15), static_cast<std::uint8_t>(i >> 7),
                             static_cast<std::uint8_t>(i << 1), 0},
                            24));
  }
  std::ranges::shuffle(networks, std::mt19937(1));
  const NetworkSet set = set_of(networks);

  for (const Network& network : networks) {
    REQUIRE(set.contains(Ipv4{network.ip[0], network.ip[1], network.ip[2], 77}));
    REQUIRE_FALSE(set.contains(
        Ipv4{network.ip[0], network.ip[1], static_cast<std::uint8_t>(network.ip[2] + 1), 77}));
  }
}
