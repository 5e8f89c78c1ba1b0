#pragma once

#include <cstdint>
#include <string>

#include "conf/model.h"

namespace lb {

// What `auto` in the configuration came to.
struct Capacity {
  std::uint32_t threads = 1;
  std::uint32_t maxconn = 0;      // sessions of the process
  std::uint32_t maxpipes = 0;     // over all workers
  std::uint64_t descriptors = 0;  // the limit that maxconn was derived from or has to fit in

  // Why no session could be carried at all; empty: some can.
  std::string fault;

  // What the operator asked for and the system does not give; empty: all is well.
  std::string warning;
};

// Computes it from the configuration, the number of cores and the descriptor limit. Pure.
[[nodiscard]] Capacity derive_capacity(const conf::Config& config, std::uint32_t cores,
                                       std::uint64_t descriptors);

// Raises the soft descriptor limit to the hard one; the answer is what this process may open.
[[nodiscard]] std::uint64_t raise_descriptor_limit();

}  // namespace lb
