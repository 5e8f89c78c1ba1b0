#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "balancer/policy.h"
#include "conf/balance.h"
#include "lb/net/address.h"

namespace lb::proxy {

// The bytes of a connection that its backend's hash goes by: of the client's address and of the one
// it connected to, ports in network order, what `key` of the balance names and in the order of its
// members. HAProxy's hashes see an IPv4 client of an IPv6 bind as it came, in 16 bytes; for all
// else a client has one address, whichever way it comes.
class ClientKey {
 public:
  ClientKey(const conf::Balance& balance, const net::Peer& source, const net::Peer& destination);
  ClientKey(const ClientKey&) = delete;
  ClientKey& operator=(const ClientKey&) = delete;

  // Valid as long as this.
  [[nodiscard]] balancer::Key bytes() const { return balancer::Key(bytes_).first(size_); }

 private:
  void add(const conf::Balance& balance, const net::Peer& peer, bool address, bool port);
  void put(std::span<const std::uint8_t> part);

  std::array<std::uint8_t, balancer::kLongestKey> bytes_;  // the first `size_`
  std::size_t size_ = 0;
};

}  // namespace lb::proxy
