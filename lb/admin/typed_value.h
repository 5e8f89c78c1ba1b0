#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace lb::admin {

// A value with the type that `typed` and `json` tell: str, u32, u64, s32, or flt in `show info`.
// Empty (monostate): does not apply.
using TypedValue =
    std::variant<std::monostate, std::string, std::uint32_t, std::uint64_t, std::int32_t, double>;

// As CSV and plain output have it: bare; a text with a comma or a quote is quoted in CSV.
void append_plain(std::string& out, const TypedValue& value);
void append_csv(std::string& out, const TypedValue& value);

// "u32:5"
void append_typed(std::string& out, const TypedValue& value);

// {"type":"u32","value":5}
void append_json(std::string& out, const TypedValue& value);

// "tags":{"origin":"Metric","nature":"Gauge","scope":"Process"} of "MGP"
void append_json_tags(std::string& out, std::string_view tags);

}  // namespace lb::admin
