#pragma once

#include <string_view>

#include "health/plan.h"

namespace health {

// HAProxy's `option pgsql-check`: a startup message (protocol 3.0) for `user` is well answered by
// whatever request for authentication. An error is L7RSP and told as "FATAL: the database system is
// starting up", of which HAProxy tells the first word. (PostgreSQL documentation, Frontend/Backend
// Protocol, Message Formats.)
void add_postgres(Plan& plan, std::string_view user);

}  // namespace health
