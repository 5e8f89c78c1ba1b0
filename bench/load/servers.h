#pragma once

#include <netinet/in.h>

#include <cstdint>

#include "bench/load/loop.h"

namespace bench {

// Bytes that every sink of the process has taken.
struct SinkTotals {
  std::uint64_t bytes = 0;
};

// Listens for sessions of every purpose (protocol.h) in this loop: the proxy is the only other
// process of a measurement. `totals` outlives the loop.
void serve(Loop& loop, const sockaddr_in& address, SinkTotals& totals);

}  // namespace bench
