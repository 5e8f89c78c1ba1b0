#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "conf/balance.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// Leaf: the places of a Maglev table, a prime, so that every step visits all of them.
[[nodiscard]] std::optional<std::uint32_t> table_size_at(const Cursor& at);

// Each server needs a place at least.
void check_table_size(const Cursor& at, const Balance& balance, std::size_t servers);

}  // namespace conf::yaml
