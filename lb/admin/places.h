#pragma once

#include <expected>
#include <string_view>

#include "lb/fleet.h"

namespace lb::admin {

// The server that `app/s1` or `#3/#1` names, or HAProxy's sentence for what is wrong with it.
[[nodiscard]] std::expected<check::Place, std::string_view> find_server(Fleet& fleet,
                                                                        std::string_view name);

// "app/s1"
[[nodiscard]] std::string name_of(const check::Place& server);

}  // namespace lb::admin
