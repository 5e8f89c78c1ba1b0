#pragma once

#include <vector>

#include "conf/read.h"

namespace conf {

// Checks what no single key shows, notes what is right but hardly meant, makes [::] beside its IPv4
// twin v6only, and derives a fullconn that is needed. Parts that a reader could not make sense of
// are left empty by it and are not complained about again. With `complete` false a file is missing,
// so a name that is not there may be in it.
void validate(Reading& reading, bool complete, std::vector<Mistake>& mistakes);

}  // namespace conf
