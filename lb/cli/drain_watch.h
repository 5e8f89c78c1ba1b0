#pragma once

#include <span>
#include <string>

#include "lb/cli/command.h"

namespace lb::cli {

// Follows the drains of these servers ("app/s1", all of one backend) until they are over, and then
// prints them. With `shown` their progress is a picture on a terminal, and elsewhere a line for
// each server whenever something has changed. A daemon that is away for a moment, in a restart, is
// waited for. A signal ends the watching, not the drain.
//
// Answers what exit_status() says, kFailed, or kInterrupted.
int follow_drains(const Context& context, std::string_view backend,
                  std::span<const std::string> servers, bool shown);

}  // namespace lb::cli
