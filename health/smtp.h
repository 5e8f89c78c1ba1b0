#pragma once

#include <string_view>

#include "health/plan.h"

namespace health {

// HAProxy's `option smtpchk`: the greeting, `hello` ("HELO localhost"), QUIT, each wanting a 2xx.
// The last one's code and text are the verdict's. Answers of several lines are understood, as
// HAProxy does not, and a refusal is told of at once, where HAProxy waits for a better answer until
// time is up. (RFC 5321, sections 3.1 and 4.2.1.)
void add_smtp(Plan& plan, std::string_view hello);

}  // namespace health
