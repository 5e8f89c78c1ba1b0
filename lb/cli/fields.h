#pragma once

#include <cstdint>
#include <expected>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

// Reads what the runtime API answers as JSON, without a throw for what is not as it should be.
namespace lb::cli {

using Json = nlohmann::ordered_json;

// The answer, which must be an object with that member. The error is a sentence.
[[nodiscard]] std::expected<Json, std::string> read_json(std::string_view text,
                                                         std::string_view member);

// nullopt and empty for what is null, of another type, or not there.
[[nodiscard]] std::optional<std::int64_t> number_in(const Json& object, std::string_view key);
[[nodiscard]] std::string text_in(const Json& object, std::string_view key);

// A member that is an object or a list; an empty one where there is none.
[[nodiscard]] const Json& part_of(const Json& object, std::string_view key);

// As -o json prints it.
[[nodiscard]] std::string indented(const Json& json);

}  // namespace lb::cli
