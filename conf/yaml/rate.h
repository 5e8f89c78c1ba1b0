#pragma once

#include <cstdint>
#include <optional>

#include "conf/yaml/cursor.h"

// Leaves that say of what their number is a part; `none` is 0.
namespace conf::yaml {

// "1000/s": from 1 to 1,000,000 new sessions a second.
[[nodiscard]] std::optional<std::uint32_t> rate_at(const Cursor& at);

// The same without `none`.
[[nodiscard]] std::optional<std::uint32_t> pace_at(const Cursor& at);

// "20%", from 1 to 1000.
[[nodiscard]] std::optional<std::uint32_t> percentage_at(const Cursor& at);

// "30%", from 1 to 100, of a whole; there is no `none`.
[[nodiscard]] std::optional<std::uint32_t> share_at(const Cursor& at);

// The same, or `none`.
[[nodiscard]] std::optional<std::uint32_t> share_or_none_at(const Cursor& at);

}  // namespace conf::yaml
