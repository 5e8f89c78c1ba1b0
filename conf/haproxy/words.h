#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "conf/value.h"

namespace conf::haproxy {

// A word as HAProxy's sentences show it.
[[nodiscard]] inline std::string in_quotes(std::string_view word) {
  return fmt::format("'{}'", printable(word));
}

}  // namespace conf::haproxy
