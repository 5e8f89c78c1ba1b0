#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "balancer/policy.h"

namespace balancer {

// Which server each client had at its last visit. A client is forgotten when its last visit is
// longer ago than `expire`, or when there is no room for another and nobody's is longer ago.
//
// A hash table chained by indices, and a list by indices in the order of the last visits: 40 bytes
// for each client and 4 to 8 for its share of the buckets. All of it is allocated at once, but what
// clients need becomes memory only as far as they fill it. Everything is O(1)
// and allocates nothing. Not for several threads.
class RecentClients {
 public:
  // Room for `capacity` clients, at least 1.
  RecentClients(std::uint32_t capacity, Tick expire);
  RecentClients(const RecentClients&) = delete;  // its own address salts the hash
  RecentClients& operator=(const RecentClients&) = delete;

  // A client comes: its server, for the caller to read and change until the next call, or null when
  // it is not known, or no longer. `client` is an IPv4 or IPv6 address, and an IPv4 address is the
  // same client when it is mapped into IPv6. `now` never goes back.
  [[nodiscard]] ServerId* visit(Key client, Tick now);

  // Remembers a client that visit() did not know just now.
  void add(Key client, ServerId server, Tick now);

  // The most clients there ever were at one time whose time was not over: memory is in use for so
  // many.
  [[nodiscard]] std::uint32_t most() const { return touched_; }

 private:
  static constexpr std::uint32_t kNobody = UINT32_MAX;
  using Address = std::array<std::uint8_t, 16>;

  // Without initializers: what is not in use stays untouched.
  struct Client {
    Address address;
    ServerId server;
    std::uint32_t earlier;   // the one whose last visit was just before
    std::uint32_t later;     // and just after
    std::uint32_t in_chain;  // the next one in its bucket; or the next unused one
    Tick seen;
  };

  [[nodiscard]] static Address address_of(Key client);
  [[nodiscard]] std::uint32_t& bucket_of(const Address& address);
  [[nodiscard]] bool expired(std::uint32_t index, Tick now) const;
  [[nodiscard]] std::uint32_t find_room();
  void forget(std::uint32_t index);
  void enlist(std::uint32_t index, Tick now);
  void delist(std::uint32_t index);

  const std::uint32_t capacity_;
  const Tick expire_;
  std::vector<std::uint32_t> buckets_;  // a power of two of them
  std::unique_ptr<Client[]> clients_;
  std::uint32_t touched_ = 0;  // of clients_; the others were never in use
  std::uint32_t unused_ = kNobody;
  std::uint32_t first_ = kNobody;  // to be forgotten
  std::uint32_t last_ = kNobody;
};

}  // namespace balancer
