#pragma once

#include <string>
#include <string_view>

namespace lb::cli {

// What the runtime API answered, told apart by the severities that it was asked to write
// ("[3]: No such server."): those of an error and worse, and everything else.
struct Reply {
  std::string text;    // without the empty lines around it
  std::string errors;  // the same; empty when all went well
};

// Written before a command, with a `;` between them. Its own answer is an empty line.
inline constexpr std::string_view kAskSeverity = "set severity-output number";

// Reads the answer to `kAskSeverity` and the commands behind it.
[[nodiscard]] Reply read_reply(std::string_view answer);

}  // namespace lb::cli
