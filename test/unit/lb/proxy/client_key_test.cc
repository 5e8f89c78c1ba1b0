#include "lb/proxy/client_key.h"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <cstdint>
#include <vector>

using lb::net::Peer;
using lb::proxy::ClientKey;

namespace {

constexpr Peer kClient = {.family = conf::Family::kIpv4, .port = 0x1234, .ip = {192, 0, 2, 7}};
constexpr Peer kService = {.family = conf::Family::kIpv4, .port = 443, .ip = {10, 0, 0, 1}};

// The same peer, come through an IPv6 bind.
Peer mapped(const Peer& peer) {
  std::array<std::uint8_t, 16> ip{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  std::copy_n(peer.ip.begin(), 4, ip.begin() + 12);
  return Peer::of_ipv6(ip, peer.port);
}

using Bytes = std::vector<std::uint8_t>;

Bytes bytes(const conf::Balance& balance, const Peer& client, const Peer& service = kService) {
  const ClientKey key(balance, client, service);
  return {key.bytes().begin(), key.bytes().end()};
}

conf::Balance hash_of(const conf::HashKey& key) {
  return {.by = conf::Algorithm::kHash, .key = key};
}

constexpr conf::HashKey kAll = {
    .source = true, .source_port = true, .destination = true, .destination_port = true};

}  // namespace

TEST_CASE("a key has what is asked for, in network order", "[lb]") {
  CHECK(bytes(hash_of({}), kClient) == Bytes{192, 0, 2, 7});
  CHECK(bytes(hash_of({.source = false, .source_port = true}), kClient) == Bytes{0x12, 0x34});
  CHECK(bytes(hash_of(kAll), kClient) == Bytes{192, 0, 2, 7, 0x12, 0x34, 10, 0, 0, 1, 0x01, 0xbb});
}

TEST_CASE("a client at a UNIX socket has no address and no port", "[lb]") {
  CHECK(bytes(hash_of({.source = true, .source_port = true}), Peer{}).empty());
}

TEST_CASE("HAProxy's hashes see an IPv4 client of an IPv6 bind as 16 bytes", "[lb]") {
  using conf::Algorithm;
  const Bytes sixteen{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 7};

  CHECK(bytes({.by = Algorithm::kSource}, mapped(kClient)) == sixteen);
  CHECK(bytes({.by = Algorithm::kHash}, mapped(kClient)) == sixteen);
  CHECK(bytes({.by = Algorithm::kStickySource, .first_visit = Algorithm::kSource},
              mapped(kClient)) == sixteen);
}

TEST_CASE("a key has room for two IPv4 peers of an IPv6 bind with their ports", "[lb]") {
  const Bytes key = bytes(hash_of(kAll), mapped(kClient), mapped(kService));

  CHECK(key.size() == balancer::kLongestKey);
  CHECK(Bytes(key.end() - 6, key.end()) == Bytes{10, 0, 0, 1, 0x01, 0xbb});
}

TEST_CASE("for all but HAProxy's hashes a client has one address at every bind", "[lb]") {
  using conf::Algorithm;

  CHECK(mapped(kClient) == kClient);
  for (const Algorithm by : {Algorithm::kMaglev, Algorithm::kStickySource})
    CHECK(bytes({.by = by}, mapped(kClient)) == Bytes{192, 0, 2, 7});
}
