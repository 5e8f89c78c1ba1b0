#include "balancer/recent_clients.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <type_traits>

#include "balancer/byte_hash.h"

namespace balancer {

RecentClients::RecentClients(std::uint32_t capacity, Tick expire)
    : capacity_(capacity),
      expire_(expire),
      buckets_(std::bit_ceil(std::size_t{capacity}), kNobody),
      clients_(std::make_unique_for_overwrite<Client[]>(capacity)) {
  static_assert(sizeof(Client) == 40 && std::is_trivially_default_constructible_v<Client>);
  assert(capacity > 0);
}

// Nobody is added without a visit, and each visit forgets one whose time is over, if there is one:
// so no more places are touched than there were clients at one time whose time was not over.
ServerId* RecentClients::visit(Key client, Tick now) {
  if (first_ != kNobody && expired(first_, now)) forget(first_);

  const Address address = address_of(client);
  std::uint32_t index = bucket_of(address);
  while (index != kNobody && clients_[index].address != address) index = clients_[index].in_chain;
  if (index == kNobody) return nullptr;
  if (expired(index, now)) {
    forget(index);
    return nullptr;
  }
  delist(index);
  enlist(index, now);
  return &clients_[index].server;
}

void RecentClients::add(Key client, ServerId server, Tick now) {
  const std::uint32_t index = find_room();
  Client& added = clients_[index];
  added.address = address_of(client);
  added.server = server;
  std::uint32_t& bucket = bucket_of(added.address);
  added.in_chain = bucket;
  bucket = index;
  enlist(index, now);
}

RecentClients::Address RecentClients::address_of(Key client) {
  assert(client.size() == 4 || client.size() == 16);
  Address address{};
  if (client.size() == 4) address[10] = address[11] = 0xff;
  std::ranges::copy(client, address.end() - static_cast<std::ptrdiff_t>(client.size()));
  return address;
}

// Clients choose their addresses, IPv6 ones in great number; the salt (where the system has loaded
// this object, a random place) keeps them from choosing addresses that fall into one bucket.
std::uint32_t& RecentClients::bucket_of(const Address& address) {
  const std::uint64_t hash = hash_bytes(address, reinterpret_cast<std::uintptr_t>(this));
  return buckets_[hash & (buckets_.size() - 1)];
}

bool RecentClients::expired(std::uint32_t index, Tick now) const {
  return now - clients_[index].seen > expire_;
}

std::uint32_t RecentClients::find_room() {
  if (unused_ == kNobody) {
    if (touched_ < capacity_) return touched_++;
    forget(first_);
  }
  const std::uint32_t index = unused_;
  unused_ = clients_[index].in_chain;
  return index;
}

void RecentClients::forget(std::uint32_t index) {
  Client& client = clients_[index];
  std::uint32_t* link = &bucket_of(client.address);
  while (*link != index) link = &clients_[*link].in_chain;
  *link = client.in_chain;
  delist(index);
  client.in_chain = unused_;
  unused_ = index;
}

void RecentClients::enlist(std::uint32_t index, Tick now) {
  Client& client = clients_[index];
  client.seen = now;
  client.earlier = last_;
  client.later = kNobody;
  (last_ != kNobody ? clients_[last_].later : first_) = index;
  last_ = index;
}

void RecentClients::delist(std::uint32_t index) {
  const Client& client = clients_[index];
  (client.earlier != kNobody ? clients_[client.earlier].later : first_) = client.later;
  (client.later != kNobody ? clients_[client.later].earlier : last_) = client.earlier;
}

}  // namespace balancer
