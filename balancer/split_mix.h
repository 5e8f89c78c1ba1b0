#pragma once

#include <cstdint>

namespace balancer {

// SplitMix64: G. Steele, D. Lea, C. Flood, *Fast splittable pseudorandom number generators*, OOPSLA
// 2014, with the constants of its reference implementation.
inline constexpr std::uint64_t kSplitMixStep = 0x9e3779b97f4a7c15;  // 2^64 over the golden ratio

// Every bit of the answer depends on every bit of `x`; different ones stay different.
[[nodiscard]] constexpr std::uint64_t split_mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// Random numbers that a seed repeats, good for choosing and not for secrets.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}

  [[nodiscard]] std::uint64_t next() {
    state_ += kSplitMixStep;
    return split_mix(state_);
  }

  // From 0 to bound - 1, all alike but for bound / 2^64. The upper half of a product does it
  // without a division: D. Lemire, *Fast random integer generation in an interval*, 2019.
  [[nodiscard]] std::uint64_t below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::uint64_t>((Wide{next()} * bound) >> 64);
  }

 private:
  std::uint64_t state_;
};

}  // namespace balancer
