#pragma once

#include <optional>
#include <vector>

#include "conf/model.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// "1", "1,3-5": which lines of each so many; ranges are put in order.
[[nodiscard]] std::optional<std::vector<LogSample::Range>> log_ranges_at(const Cursor& at);

// What no single key shows: ranges and their size belong together.
void check_log_sample(const Cursor& at, const LogSample& sample);

}  // namespace conf::yaml
