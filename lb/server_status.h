#pragma once

#include <optional>
#include <string>

#include "balancer/server.h"
#include "lb/check/heard.h"
#include "lb/proxy/server.h"
#include "lb/telemetry/snapshot.h"

namespace lb {

// The lives of whose checks decide for a server.
struct Lives {
  std::uint32_t lives = 0;
  std::uint32_t rise = 1;
  std::uint32_t fall = 1;
};

// A server's state in HAProxy's words: "UP 1/3", "DOWN (agent)", "no check" (stats.c,
// stats_fill_sv_stats()). `lives`: unset when nobody checks it. `via`: a tracked server that is in
// maintenance, "" otherwise.
[[nodiscard]] std::string status_of(const balancer::Facts& facts, const proxy::Server& server,
                                    const std::optional<Lives>& lives, const std::string& via);

// What a check or an agent has said, with the numbers of `show servers state`.
[[nodiscard]] telemetry::CheckStat stat_of(const check::Heard& heard);

}  // namespace lb
