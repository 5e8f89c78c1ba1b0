#include "conf/haproxy/time.h"

#include <cstdint>

#include "conf/value.h"

namespace conf::haproxy {

std::optional<std::chrono::milliseconds> parse_time(std::string_view text,
                                                    std::chrono::milliseconds unit) {
  constexpr std::chrono::milliseconds kMost = std::chrono::days{24};
  if (const auto number = parse_number(text, 0, UINT32_MAX)) {
    const auto time = *number * unit;
    return time <= kMost ? std::optional(time) : std::nullopt;
  }
  const auto time = parse_duration(text);
  return time && *time <= kMost ? std::optional(*time) : std::nullopt;
}

}  // namespace conf::haproxy
