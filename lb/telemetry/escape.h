#pragma once

#include <string>
#include <string_view>

// Text from outside a log line's control, made fit to stand in one.
namespace lb::telemetry {

// Appends `text` with control characters as "#0A", HAProxy's form, so that a line stays one line.
void append_plain(std::string_view text, std::string& out);

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void append_json(std::string_view text, std::string& out);

}  // namespace lb::telemetry
