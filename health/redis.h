#pragma once

#include "health/plan.h"

namespace health {

// HAProxy's `option redis-check`: PING, in the form that every Redis knows (an array of one bulk
// string), wants +PONG. Any other line is L7STS, with the line: "-LOADING Redis is loading the
// dataset in memory". HAProxy tells of such a line only when the server closes after it, and of a
// timeout otherwise.
void add_redis(Plan& plan);

}  // namespace health
