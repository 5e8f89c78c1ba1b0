#pragma once

#include <string>

#include "conf/check.h"

namespace health {

// A check's request as HAProxy sends it: header names in lower case, `content-length` for a body
// and for a method that promises one, `connection: close` from HTTP/1.1 on unless a header says
// otherwise. Headers that would frame the body are left out; a Host is there only when asked for.
[[nodiscard]] std::string write_http_request(const conf::HttpRequest& request);

}  // namespace health
