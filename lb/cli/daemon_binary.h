#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lb::cli {

// Where a `tidegate` may be that belongs to the tidectl at `self`, the nearest first: beside it, in
// the sbin beside its bin, and then in each directory of `path`.
[[nodiscard]] std::vector<std::string> daemon_places(std::string_view self, std::string_view path);

}  // namespace lb::cli
