#pragma once

#include "health/plan.h"

namespace health {

// The plan of a kTlsHello: HAProxy's `option ssl-hello-chk`, which says an SSLv3 hello that today's
// servers turn away. This one offers TLS 1.3 and 1.2 (RFC 8446, section 4.1.2) and no key, so that
// a server of 1.3 asks for one instead of computing its own. The answer that makes a server well
// is a record that begins a ServerHello, or an alert: whoever refuses us in TLS speaks it.
[[nodiscard]] Plan tls_hello_plan();

}  // namespace health
