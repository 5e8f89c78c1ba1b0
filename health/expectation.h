#pragma once

#include <memory>

#include "conf/check.h"
#include "health/judge.h"

namespace health {

// The judge of one `tcp-check expect` (configuration.txt): of the bytes as they came. It waits for
// as many as its string has, or as it was told to. What does not hold what it looks for may do so
// with the next bytes: only the end of the answer, or enough of it where it was said what is
// enough, shows that the pattern is absent. So a negated one passes then and not before, and what
// is not there when time runs out is a timeout.
[[nodiscard]] std::unique_ptr<const Judge> make_expectation(const conf::CheckExpect& expect);

}  // namespace health
