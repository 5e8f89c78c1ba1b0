#pragma once

#include <cstdint>

#include "balancer/policy.h"
#include "conf/balance.h"

namespace balancer {

// HAProxy's hashes, so that a client keeps its server when the proxy in front is exchanged. All are
// 32 bits wide and public domain or of common knowledge (configuration manual, "hash-type"). None
// of them withstands clients that choose their keys on purpose.

[[nodiscard]] std::uint32_t sdbm(Key key);   // of the sdbm library: h * 65599 + byte
[[nodiscard]] std::uint32_t djb2(Key key);   // D. Bernstein: h * 33 + byte, from 5381
[[nodiscard]] std::uint32_t wt6(Key key);    // W. Tarreau: two words, rotated by what they hold
[[nodiscard]] std::uint32_t crc32(Key key);  // of Ethernet and zlib, not Castagnoli's

// Spreads a change of any bit over all: R. Jenkins' integer hash in six steps, times 3 * 2^30 + 1.
// HAProxy applies it to keys where "avalanche" is asked for, and to all points of its ring.
[[nodiscard]] std::uint32_t avalanche(std::uint32_t value);

// What `balance source` has in place of a hash: the address as a big-endian number for IPv4, its
// four words XORed for IPv6, 0 without an address.
[[nodiscard]] std::uint32_t source_hash(Key address);

// The number of a key for the algorithms `source` and `hash`, also where they place first visits.
[[nodiscard]] std::uint32_t hash_of(const conf::Balance& balance, Key key);

}  // namespace balancer
