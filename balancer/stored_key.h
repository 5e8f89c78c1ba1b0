#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "balancer/policy.h"

namespace balancer {

// A copy of a key of up to `kRoom` bytes, for what outlives the call that brought it.
template <std::size_t kRoom>
class KeyCopy {
 public:
  KeyCopy() = default;
  explicit KeyCopy(Key key) : size_(static_cast<std::uint8_t>(key.size())) {
    assert(key.size() <= bytes_.size());
    std::copy(key.begin(), key.end(), bytes_.begin());
  }

  [[nodiscard]] Key view() const { return Key(bytes_).first(size_); }
  [[nodiscard]] const std::array<std::uint8_t, kRoom>& padded() const { return bytes_; }

  friend bool operator==(const KeyCopy&, const KeyCopy&) = default;

 private:
  std::array<std::uint8_t, kRoom> bytes_{};
  std::uint8_t size_ = 0;
};

using StoredKey = KeyCopy<16>;  // of a client's address
using LongStoredKey = KeyCopy<kLongestKey>;

}  // namespace balancer
