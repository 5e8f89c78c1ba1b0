#pragma once

#include "health/plan.h"

namespace health {

// An MQTT 3.1.1 broker is asked for a clean session with a client id of its own making; CONNACK
// with return code 0 is well, another one is L7STS with the code and its meaning. The check takes
// its leave with DISCONNECT, so that the broker does not log a lost client. HAProxy has no such
// option; its users script these bytes. (MQTT 3.1.1, sections 3.1, 3.2 and 3.14.)
void add_mqtt(Plan& plan);

}  // namespace health
