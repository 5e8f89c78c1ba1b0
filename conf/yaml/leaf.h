#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "conf/address.h"
#include "conf/model.h"
#include "conf/yaml/cursor.h"

// Leaves of several sections. One that cannot be read is told as a mistake and answers nullopt.
namespace conf::yaml {

inline constexpr std::uint32_t kMostSessions = 2'147'483'647;

[[nodiscard]] std::optional<std::uint32_t> number_between(const Cursor& at, std::uint32_t least,
                                                          std::uint32_t most);
[[nodiscard]] std::optional<std::uint32_t> auto_or_number(const Cursor& at, std::uint32_t most);
// Of either sign, up to `most` on both sides.
[[nodiscard]] std::optional<std::int32_t> signed_number(const Cursor& at, std::uint32_t most);

[[nodiscard]] std::optional<bool> switch_at(const Cursor& at);

// At least 1 ms: HAProxy's 0 for "never" is `infinite` here.
[[nodiscard]] std::optional<Milliseconds> timeout_at(const Cursor& at);

// Any duration, 0 too.
[[nodiscard]] std::optional<Milliseconds> duration_at(const Cursor& at);

// A finite one.
[[nodiscard]] std::optional<Milliseconds> duration_between(const Cursor& at, Milliseconds least,
                                                           Milliseconds most);
inline constexpr std::int64_t kLongestMs = Milliseconds{std::chrono::days{24}}.count();

template <std::int64_t kLeastMs, std::int64_t kMostMs>
std::optional<Milliseconds> duration_within(const Cursor& at) {
  return duration_between(at, Milliseconds{kLeastMs}, Milliseconds{kMostMs});
}

template <std::uint32_t kLeast, std::uint32_t kMost>
std::optional<std::uint32_t> number_at(const Cursor& at) {
  return number_between(at, kLeast, kMost);
}

// `auto` is 0.
template <std::uint32_t kMost>
std::optional<std::uint32_t> auto_or_number_at(const Cursor& at) {
  return auto_or_number(at, kMost);
}

[[nodiscard]] std::optional<std::uint16_t> port_at(const Cursor& at);

// An address without a port.
[[nodiscard]] std::optional<Address> ip_at(const Cursor& at);

// A user or a group that the machine has.
[[nodiscard]] std::optional<std::string> user_at(const Cursor& at);
[[nodiscard]] std::optional<std::string> group_at(const Cursor& at);

// Permissions of a UNIX socket.
[[nodiscard]] std::optional<std::uint32_t> mode_at(const Cursor& at);

template <std::uint32_t kMost>
std::optional<std::int32_t> signed_number_at(const Cursor& at) {
  return signed_number(at, kMost);
}

// Frontends, backends and servers have HAProxy's names: letters, digits, - _ . and :.
void check_name(const Cursor& at, std::string_view name);

}  // namespace conf::yaml
