#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>

#include "balancer/policy.h"

namespace balancer {

// A copy of a key, for what outlives the call that brought it.
class StoredKey {
 public:
  StoredKey() = default;
  explicit StoredKey(Key key) : size_(static_cast<std::uint8_t>(key.size())) {
    assert(key.size() <= bytes_.size());
    std::copy(key.begin(), key.end(), bytes_.begin());
  }

  [[nodiscard]] Key view() const { return Key(bytes_).first(size_); }
  [[nodiscard]] const std::array<std::uint8_t, 16>& padded() const { return bytes_; }

  friend bool operator==(const StoredKey&, const StoredKey&) = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
  std::uint8_t size_ = 0;
};

}  // namespace balancer
