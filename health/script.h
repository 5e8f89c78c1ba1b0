#pragma once

#include "conf/check.h"
#include "health/plan.h"

namespace health {

// The plan of what the operator wrote step by step: a kScript, HAProxy's `option tcp-check`, or a
// kHttp, its `option httpchk`. Where no step begins with a connect there is one. It ends with what
// its last step says: kL4Ok after a connect, kL7Ok after a send, an expectation's own word.
[[nodiscard]] Plan script_plan(const conf::CheckDialog& dialog);

}  // namespace health
