#pragma once

#include <string_view>

#include "health/plan.h"

namespace health {

// HAProxy's `option mysql-check`. Without a user the server's greeting is enough, which some
// servers count against the host that went away (`max_connect_errors`). With one, who needs no
// password, the check signs in and out: a handshake response with COM_QUIT behind it, sent at once,
// since without a password it does not depend on the greeting. `pre_41` asks for the form of
// servers before MySQL 4.1, which those of today still understand.
//
// An error packet is L7STS with its number and text, 1040 "Too many connections"; any other answer
// to the sign-in is well, also the request for another way of authentication, as in HAProxy. What
// passes is told with the server's version. (MySQL Client/Server Protocol, Connection Phase.)
void add_mysql(Plan& plan, std::string_view user, bool pre_41);

}  // namespace health
