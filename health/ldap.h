#pragma once

#include "health/plan.h"

namespace health {

// HAProxy's `option ldap-check`: an anonymous LDAPv3 bind, which wants a bindResponse. A result
// other than success is L7STS with its code (49: invalidCredentials), anything else "Not LDAPv3
// protocol". (RFC 4511, sections 4.1.1, 4.1.9, 4.2 and 5.1.)
void add_ldap(Plan& plan);

}  // namespace health
