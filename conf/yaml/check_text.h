#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "conf/yaml/cursor.h"

// Texts of checks, all of a bounded length. One that cannot be read is told as a mistake and
// answers nullopt.
namespace conf::yaml {

// What is sent or expected: as much as is read of an answer, health::kMostInput.
inline constexpr std::size_t kMostCheckBytes = 16'384;

// Any bytes; YAML's double quotes make "\r\n" the two that a line ends with.
[[nodiscard]] std::optional<std::string> bytes_at(const Cursor& at);

// Bytes as pairs of hexadecimal digits.
[[nodiscard]] std::optional<std::string> hex_at(const Cursor& at);

// A regular expression that compiles.
[[nodiscard]] std::optional<std::string> regex_at(const Cursor& at);

// What becomes a part of a line, of a packet's field or of a log line, and must not end it: without
// control characters, at most 255 bytes.
[[nodiscard]] std::optional<std::string> line_at(const Cursor& at);

// The same without a space, up to kMostCheckBytes: a line's word.
[[nodiscard]] std::optional<std::string> word_at(const Cursor& at);

// RFC 9110's token: a method, the name of a header.
[[nodiscard]] bool is_token(std::string_view text);
[[nodiscard]] std::optional<std::string> token_at(const Cursor& at);

}  // namespace conf::yaml
