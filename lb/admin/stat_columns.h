#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace lb::admin {

// One column of `show stat`: its name, HAProxy's three letters for where it comes from (origin,
// nature, scope: management.txt, "Typed output format"), and what it is.
struct StatColumn {
  std::string_view name;
  std::string_view tags;
  std::string_view description;
};

inline constexpr std::size_t kStatColumns = 128;

// Those of HAProxy 2.6, in its order. The one named "-" parts the modules' columns from the others
// in CSV only.
extern const std::array<StatColumn, kStatColumns> kStatTable;

// The place of a column. Only with a name that is there.
[[nodiscard]] std::size_t stat_column(std::string_view name);

}  // namespace lb::admin
