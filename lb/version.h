#pragma once

#include <string>

namespace lb {

// "Tidegate version 0.1.0" and the system it runs on, a line each.
[[nodiscard]] std::string version_text();

// "0.1.0"
[[nodiscard]] std::string version();

// How this binary was built, with what, and what it can do.
[[nodiscard]] std::string build_text();

}  // namespace lb
