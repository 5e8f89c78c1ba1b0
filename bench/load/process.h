#pragma once

#include <sys/types.h>

#include <cstdint>

#include "bench/load/histogram.h"

namespace bench {

// What another process has used. Each throws std::runtime_error when there is no such process.

// Time on a core, over all its threads that live (/proc/PID/task/*/schedstat): user and kernel, and
// the part of the network that runs inside its own calls.
[[nodiscard]] Duration cpu_time(pid_t pid);

struct Memory {
  std::uint64_t anonymous = 0;   // bytes of user memory that no file backs (smaps_rollup)
  std::uint64_t kernel_tcp = 0;  // bytes of queues of all TCP sockets of the machine (sockstat)
};
[[nodiscard]] Memory memory(pid_t pid);

}  // namespace bench
