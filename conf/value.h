#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "conf/model.h"

// Leaves of a configuration, whichever language they are written in.
namespace conf {

// A decimal number without a sign, within its range.
[[nodiscard]] std::optional<std::uint32_t> parse_number(std::string_view text, std::uint32_t least,
                                                        std::uint32_t most);

// "250ms", "5s", "2m", "1h", "1d", "1500us" (rounded up to whole milliseconds), "0" or "infinite".
// The error says what a duration looks like.
[[nodiscard]] std::expected<Milliseconds, std::string> parse_duration(std::string_view text);

// The same, exactly; `most` takes the place of "infinite".
[[nodiscard]] std::expected<Microseconds, std::string> parse_short_duration(std::string_view text,
                                                                            Microseconds most);

// true, false, and YAML 1.1's other spellings: yes, no, on, off.
[[nodiscard]] std::optional<bool> parse_switch(std::string_view text);

// Permissions as octal text: "0660" or "660".
[[nodiscard]] std::optional<std::uint32_t> parse_mode(std::string_view text);

// A value as a message may show it: in quotes, without control characters, not too long.
[[nodiscard]] std::string quoted(std::string_view text);

// The same without the quotes, for names in a path of keys.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace conf
