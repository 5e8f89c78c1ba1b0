#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

// Pictures made of block characters (UTF-8), one column of the terminal a character.
namespace lb::cli {

// The last `width` values as columns between 0 and the largest of them; shorter when there are
// fewer.
[[nodiscard]] std::string sparkline(std::span<const std::int64_t> values, std::size_t width);

// How much of `whole` is done, `width` columns wide. A whole of 0 is done.
[[nodiscard]] std::string bar(std::int64_t done, std::int64_t whole, std::size_t width);

// The same curve with `width` points: each is the value at its place in time. `times` ascend, and
// are as many as the values.
[[nodiscard]] std::string curve(std::span<const std::int64_t> times,
                                std::span<const std::int64_t> values, std::size_t width);

}  // namespace lb::cli
