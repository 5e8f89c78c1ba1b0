#pragma once

#include <expected>
#include <string>

#include "conf/source.h"

namespace conf::yaml {

// Replaces ${VAR} and ${VAR:-default}; as in a shell the default also stands in for an empty
// variable. Any other $ stays. The error is a sentence.
[[nodiscard]] std::expected<std::string, std::string> expand(const std::string& text,
                                                             Source& source);

}  // namespace conf::yaml
