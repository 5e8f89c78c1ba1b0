#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conf/model.h"
#include "conf/yaml/cursor.h"

// Leaves of several sections. One that cannot be read is told as a mistake and answers nullopt.
namespace conf::yaml {

inline constexpr std::uint32_t kMostSessions = 2'147'483'647;

[[nodiscard]] std::optional<std::uint32_t> number_between(const Cursor& at, std::uint32_t least,
                                                          std::uint32_t most);
[[nodiscard]] std::optional<std::uint32_t> auto_or_number(const Cursor& at, std::uint32_t most);
[[nodiscard]] std::optional<bool> switch_at(const Cursor& at);

// At least 1 ms: HAProxy's 0 for "never" is `infinite` here.
[[nodiscard]] std::optional<Milliseconds> timeout_at(const Cursor& at);

// Any duration, 0 too.
[[nodiscard]] std::optional<Milliseconds> duration_at(const Cursor& at);

template <std::uint32_t kLeast, std::uint32_t kMost>
std::optional<std::uint32_t> number_at(const Cursor& at) {
  return number_between(at, kLeast, kMost);
}

// `auto` is 0.
template <std::uint32_t kMost>
std::optional<std::uint32_t> auto_or_number_at(const Cursor& at) {
  return auto_or_number(at, kMost);
}

// Frontends, backends and servers have HAProxy's names: letters, digits, - _ . and :.
void check_name(const Cursor& at, std::string_view name);

}  // namespace conf::yaml
