#include "lb/proxy/client_key.h"

#include <algorithm>

#include "conf/algorithm.h"

namespace lb::proxy {
namespace {

// Whether HAProxy has the hash, and hashes addresses as they came.
bool is_haproxys(const conf::Balance& balance) {
  const conf::Algorithm algorithm = conf::placing(balance);
  return algorithm == conf::Algorithm::kSource || algorithm == conf::Algorithm::kHash;
}

}  // namespace

ClientKey::ClientKey(const conf::Balance& balance, const net::Peer& source,
                     const net::Peer& destination) {
  const conf::HashKey& asked = balance.key;
  add(balance, source, asked.source, asked.source_port);
  if (asked.destination || asked.destination_port)
    add(balance, destination, asked.destination, asked.destination_port);
}

void ClientKey::add(const conf::Balance& balance, const net::Peer& peer, bool address, bool port) {
  const std::span<const std::uint8_t> ip = peer.bytes();
  if (address) {
    if (peer.mapped && is_haproxys(balance)) put(net::kMappedPrefix);
    put(ip);
  }
  if (!port || ip.empty()) return;
  bytes_[size_++] = static_cast<std::uint8_t>(peer.port >> 8);
  bytes_[size_++] = static_cast<std::uint8_t>(peer.port);
}

void ClientKey::put(std::span<const std::uint8_t> part) {
  std::ranges::copy(part, bytes_.begin() + static_cast<std::ptrdiff_t>(size_));
  size_ += part.size();
}

}  // namespace lb::proxy
