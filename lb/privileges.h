#pragma once

#include <optional>
#include <string>

namespace lb {

// Becomes `user` for good, with its group or `group` if that is named, and no other. Nothing
// happens when `user` and `group` are empty or the process is not root. The answer is a sentence
// when it did not work.
[[nodiscard]] std::optional<std::string> drop_root(const std::string& user,
                                                   const std::string& group);

}  // namespace lb
