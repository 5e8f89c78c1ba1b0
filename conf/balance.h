#pragma once

#include <chrono>
#include <cstdint>

// How a backend chooses among its servers. Names and meanings are HAProxy's where it has them
// (configuration manual, "balance", "hash-type", "hash-balance-factor").
namespace conf {

enum class Algorithm : std::uint8_t {
  kRoundRobin,
  kStaticRoundRobin,  // a fixed order, which weights cannot change at runtime
  kLeastConnections,
  kFirst,   // the first in the file that has a free slot
  kSource,  // a hash of the client's address, by HAProxy's own rule for `balance source`
  kHash,    // a hash of Balance::key
  kRandom,  // the least loaded of some drawn at random
  kMaglev,  // a hash of Balance::key through a Maglev table
  kPeakEwma,
  kStickySource,  // whom `first_visit` chooses, and then the same server again
};

enum class HashType : std::uint8_t { kMapBased, kConsistent };
enum class HashFunction : std::uint8_t { kSdbm, kDjb2, kWt6, kCrc32 };

// Which bytes are hashed, in this order.
struct HashKey {
  bool source = true;
  bool source_port = false;
  bool destination = false;  // the address the client connected to
  bool destination_port = false;
  friend bool operator==(const HashKey&, const HashKey&) = default;
};

struct Balance {
  Algorithm by = Algorithm::kRoundRobin;

  // source, hash
  HashType hash_type = HashType::kMapBased;
  HashFunction function = HashFunction::kSdbm;  // not used by `source`
  bool avalanche = false;
  // Of a consistent hash: no server gets more than this percentage of its fair share of open
  // sessions, at least 101; 0: no bound.
  std::uint32_t balance_factor = 0;
  HashKey key{};  // hash, maglev

  std::uint32_t draws = 2;                  // random: 1 to 64
  std::uint32_t table_size = 65'537;        // maglev: a prime
  std::chrono::milliseconds decay{10'000};  // peak-ewma: time for a measurement to lose 63 %

  // sticky-source
  Algorithm first_visit = Algorithm::kRoundRobin;           // not itself
  std::chrono::milliseconds expire{std::chrono::hours{1}};  // after the last visit
  std::uint32_t entries = 100'000;                          // the least recently seen leaves

  friend bool operator==(const Balance&, const Balance&) = default;
};

}  // namespace conf
