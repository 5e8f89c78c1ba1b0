#pragma once

#include "conf/model.h"
#include "conf/yaml/cursor.h"

namespace conf::yaml {

// `global.log.to`: a stream, a file, or a syslog daemon. A name is resolved here, once.
void read_log_address(const Cursor& at, LogTarget& target);

}  // namespace conf::yaml
