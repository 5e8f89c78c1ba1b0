#pragma once

#include <string_view>

namespace conf {

// Whether a text may be the name of a machine. One whose last label is a number would be a mistyped
// IPv4 address.
[[nodiscard]] bool is_host(std::string_view host);

}  // namespace conf
