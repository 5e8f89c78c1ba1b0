#pragma once

#include <memory>

#include "conf/check.h"
#include "health/judge.h"

namespace health {

struct HttpContext {
  bool to_head = false;         // the request was a HEAD
  bool disable_on_404 = false;  // a server that is up and says 404 wants no new sessions
};

// The judge of one `http-check expect` (configuration.txt): of the status, once the header is
// whole, or of the body. A body is searched while it comes; that something is not in it shows at
// its end, and one that is empty is wrong whatever was expected of it.
[[nodiscard]] std::unique_ptr<const Judge> make_http_expectation(const conf::CheckExpect& expect,
                                                                 HttpContext context);

}  // namespace health
