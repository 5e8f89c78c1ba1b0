#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace conf::haproxy {

// A time as HAProxy's users write it: "30s", "2m", "500ms", "1h", "1d", "100us" (rounded up), or a
// number of `unit`. At most 24 days.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_time(std::string_view text,
                                                                  std::chrono::milliseconds unit);

}  // namespace conf::haproxy
