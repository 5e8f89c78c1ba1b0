#pragma once

#include <cstdint>

#include "conf/model.h"

namespace balancer {

// Whether the `retry`-th further attempt, from 1, may go to another server (HAProxy: `option
// redispatch N`). With N above 0 every N-th may, with N below 0 those counted from the last one,
// with 0 none. Where no key binds and another server is there, every one may: nobody cares for that
// very server.
[[nodiscard]] constexpr bool may_redispatch(const conf::Backend& config, std::uint32_t retry,
                                            bool binds, bool others_serve) {
  if (config.redispatch == 0) return false;
  if (!binds && others_serve) return true;
  const std::int64_t every = config.redispatch > 0
                                 ? std::int64_t{config.redispatch}
                                 : std::int64_t{config.retries} + 1 + config.redispatch;
  return every > 0 && retry % every == 0;
}

}  // namespace balancer
