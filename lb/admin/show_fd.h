#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "lb/admin/answer.h"
#include "lb/engine.h"

namespace lb::admin {

// The open descriptors of the process, or one of them, a line each. `admin` are the names of the
// sockets of the runtime API. `then` gets the lines on the control thread, to be asked for in
// parts, as there may be many.
void gather_descriptors(Engine& engine, std::vector<std::string> admin, std::optional<int> one,
                        std::function<void(Producer)> then);

}  // namespace lb::admin
