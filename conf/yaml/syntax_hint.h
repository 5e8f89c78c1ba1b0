#pragma once

#include <string>
#include <string_view>

namespace conf::yaml {

// What would be right, guessed from a parser's message and the line it points at.
[[nodiscard]] std::string syntax_hint(std::string_view message, std::string_view text, int line);

}  // namespace conf::yaml
