#include "balancer/hash.h"

#include <array>
#include <bit>
#include <cstddef>
#include <utility>

#include "conf/algorithm.h"

namespace balancer {

namespace {

// What each byte does to the remainder by the polynomial of IEEE 802.3, lowest bit first.
constexpr std::array<std::uint32_t, 256> kRemainders = [] {
  std::array<std::uint32_t, 256> remainders{};
  for (std::uint32_t byte = 0; byte < remainders.size(); ++byte) {
    std::uint32_t remainder = byte;
    for (int bit = 0; bit < 8; ++bit)
      remainder = (remainder >> 1) ^ ((remainder & 1) != 0 ? 0xedb88320U : 0U);
    remainders[byte] = remainder;
  }
  return remainders;
}();

std::uint32_t function_of(conf::HashFunction function, Key key) {
  switch (function) {
    case conf::HashFunction::kSdbm:
      return sdbm(key);
    case conf::HashFunction::kDjb2:
      return djb2(key);
    case conf::HashFunction::kWt6:
      return wt6(key);
    case conf::HashFunction::kCrc32:
      return crc32(key);
  }
  std::unreachable();
}

}  // namespace

std::uint32_t sdbm(Key key) {
  std::uint32_t hash = 0;
  for (const std::uint8_t byte : key) hash = hash * 65599 + byte;
  return hash;
}

std::uint32_t djb2(Key key) {
  std::uint32_t hash = 5381;
  for (const std::uint8_t byte : key) hash = hash * 33 + byte;
  return hash;
}

std::uint32_t wt6(Key key) {
  std::uint32_t left = 0xa53c965a;
  std::uint32_t right = 0x5ca6953a;
  int turn_right = 6;
  int turn_left = 18;
  for (const std::uint8_t byte : key) {
    left = ~(left ^ byte);
    right = ~(right + byte);
    left = std::exchange(right, std::rotl(left, turn_left));
    left = std::rotl(left, turn_right);

    const std::uint32_t turns = ((left >> 16) ^ right) & 0xffff;
    turn_right = static_cast<int>(turns & 31);
    turn_left = static_cast<int>(turns >> 11);
  }
  return left ^ right;
}

std::uint32_t crc32(Key key) {
  std::uint32_t remainder = ~std::uint32_t{0};
  for (const std::uint8_t byte : key)
    remainder = (remainder >> 8) ^ kRemainders[(remainder ^ byte) & 0xff];
  return ~remainder;
}

std::uint32_t avalanche(std::uint32_t value) {
  value = (value + 0x7ed55d16) + (value << 12);
  value = (value ^ 0xc761c23c) ^ (value >> 19);
  value = (value + 0x165667b1) + (value << 5);
  value = (value + 0xd3a2646c) ^ (value << 9);
  value = (value + 0xfd7046c5) + (value << 3);
  value = (value ^ 0xb55a4f09) ^ (value >> 16);
  return value * 3221225473;
}

std::uint32_t source_hash(Key address) {
  std::uint32_t hash = 0;
  for (std::size_t at = 0; at + 4 <= address.size(); at += 4) {
    std::uint32_t word = 0;
    for (const std::uint8_t byte : address.subspan(at, 4)) word = word << 8 | byte;
    hash ^= word;
  }
  return hash;
}

std::uint32_t hash_of(const conf::Balance& balance, Key key) {
  const std::uint32_t hash = conf::placing(balance) == conf::Algorithm::kSource
                                 ? source_hash(key)
                                 : function_of(balance.function, key);
  return balance.avalanche ? avalanche(hash) : hash;
}

}  // namespace balancer
