#include "balancer/maglev.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>
#include <string_view>

#include "balancer/around.h"
#include "balancer/byte_hash.h"

namespace balancer {

namespace {

// Digits of pi, so that nobody has chosen them. Another number here moves every client.
constexpr std::uint64_t kFirstSeed = 0x243f6a8885a308d3;
constexpr std::uint64_t kSkipSeed = 0x13198a2e03707344;
constexpr std::uint64_t kKeySeed = 0xa4093822299f31d0;

// A server's next turn.
struct Turn {
  std::uint64_t number = 0;  // from 0; it is due at number / weight
  Weight weight = 0;
  std::uint32_t rank = 0;
  ServerId server = 0;
  std::uint32_t wish = 0;  // the entry it will try first

  friend bool operator>(const Turn& a, const Turn& b) {
    const std::uint64_t due_a = a.number * b.weight;
    const std::uint64_t due_b = b.number * a.weight;
    return due_a != due_b ? due_a > due_b : a.rank > b.rank;
  }
};

}  // namespace

Maglev::Wishes Maglev::wishes_of(std::string_view name, std::uint32_t size) {
  const Key bytes(reinterpret_cast<const std::uint8_t*>(name.data()), name.size());
  return {.first = static_cast<std::uint32_t>(hash_bytes(bytes, kFirstSeed) % size),
          .skip = static_cast<std::uint32_t>(hash_bytes(bytes, kSkipSeed) % (size - 1)) + 1};
}

Maglev::Maglev(const conf::Backend& config)
    : size_(config.balance.table_size),
      position_(config.servers.size(), kNowhere),
      full_(config.servers.size()) {
  assert(size_ > 1);
  usable_.reserve(config.servers.size());
  names_.reserve(config.servers.size());
  wishes_.reserve(config.servers.size());
  for (const conf::Server& server : config.servers) {
    names_.push_back(server.name);
    wishes_.push_back(wishes_of(server.name, size_));
  }
  rank();
}

void Maglev::enroll(ServerId server, std::uint32_t /*number*/, std::string_view name) {
  if (server >= names_.size()) {
    names_.resize(server + 1);
    wishes_.resize(server + 1);
    position_.resize(server + 1, kNowhere);
    full_.resize(server + 1);
  }
  names_[server] = name;
  wishes_[server] = wishes_of(name, size_);
  rank();
}

void Maglev::rank() {
  std::vector<ServerId> by_name(names_.size());
  std::iota(by_name.begin(), by_name.end(), ServerId{0});
  std::ranges::sort(by_name, {}, [this](ServerId id) -> std::string_view { return names_[id]; });
  ranks_.resize(by_name.size());
  for (std::uint32_t rank = 0; rank < by_name.size(); ++rank) ranks_[by_name[rank]] = rank;
}

void Maglev::set(ServerId server, Weight weight, bool usable) {
  std::uint32_t& position = position_[server];
  const bool may_pick = usable && weight > 0;
  if (may_pick == (position != kNowhere)) return;
  if (may_pick) {
    position = static_cast<std::uint32_t>(usable_.size());
    usable_.push_back(server);
  } else {
    position_[usable_.back()] = position;
    usable_[position] = usable_.back();
    usable_.pop_back();
    position = kNowhere;
  }
}

std::optional<ServerId> Maglev::pick(Key key, Tick /*now*/) {
  if (usable_.empty()) return std::nullopt;
  if (key.empty()) return pick_without_key();
  const std::uint64_t hash = hash_bytes(key, kKeySeed);
  if (!entries_.empty()) {
    std::size_t at = hash % size_;
    for (std::uint32_t step = 0; step < kSteps; ++step) {
      if (position_[entries_[at]] != kNowhere) return entries_[at];
      if (++at == size_) at = 0;
    }
  }
  return usable_[hash % usable_.size()];
}

std::optional<ServerId> Maglev::pick_without_key() {
  for (std::uint32_t step = 0; step < kSteps && !entries_.empty(); ++step) {
    if (turn_ >= entries_.size()) turn_ = 0;
    const ServerId server = entries_[turn_++];
    if (takes_turn(server)) return server;
  }
  const auto at = first_around(usable_.size(), turn_ % usable_.size(),
                               [this](std::size_t i) { return takes_turn(usable_[i]); });
  return at ? std::optional(usable_[*at]) : std::nullopt;
}

std::unique_ptr<Table> Maglev::build(std::span<const Candidate> candidates) const {
  auto table = std::make_unique<Entries>();
  std::vector<Turn> turns;
  turns.reserve(candidates.size());
  for (const auto& [server, weight, usable] : candidates) {
    if (!usable || weight == 0) continue;
    turns.push_back({.weight = weight,
                     .rank = ranks_[server],
                     .server = server,
                     .wish = wishes_[server].first});
  }
  if (turns.empty()) return table;

  constexpr ServerId kNobody = UINT32_MAX;
  table->servers.assign(size_, kNobody);
  std::ranges::make_heap(turns, std::greater<>());
  for (std::uint32_t taken = 0; taken < size_; ++taken) {
    std::ranges::pop_heap(turns, std::greater<>());
    Turn& turn = turns.back();
    const std::uint32_t skip = wishes_[turn.server].skip;
    while (table->servers[turn.wish] != kNobody) {
      const std::uint32_t left = size_ - turn.wish;  // a sum could be too great for 32 bits
      turn.wish = skip < left ? turn.wish + skip : skip - left;
    }
    table->servers[turn.wish] = turn.server;
    ++turn.number;
    std::ranges::push_heap(turns, std::greater<>());
  }
  return table;
}

void Maglev::adopt(std::unique_ptr<Table>& table) {
  table_.swap(table);
  entries_ = static_cast<const Entries&>(*table_).servers;
}

}  // namespace balancer
