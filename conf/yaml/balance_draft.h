#pragma once

#include <cstdint>

#include "conf/balance.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// A set of algorithms, a bit for each.
using Algorithms = std::uint32_t;

template <typename... T>
[[nodiscard]] constexpr Algorithms algorithms(T... those) {
  return ((Algorithms{1} << static_cast<unsigned>(those)) | ...);
}

// `balance` while it is read, the algorithms before their settings.
struct BalanceDraft {
  Balance balance;
  bool known = false;  // every algorithm that was named, and one was
};

// Whether a setting of `those` algorithms has a meaning here: one of them is named as `by` or, for
// those who come for the first time, as `first_visit`. Otherwise a mistake, unless a name that is
// wrong might have been one of them.
[[nodiscard]] bool concerns(const Cursor& at, const BalanceDraft& draft, Algorithms those);

}  // namespace conf::yaml
