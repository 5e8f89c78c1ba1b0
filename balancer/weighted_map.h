#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "balancer/policy.h"
#include "conf/model.h"

namespace balancer {

// For each server the slots that are its due: its configured weight over what all configured
// weights have in common. Servers that are not in use count for that too, so a server has as many
// slots whoever else is there.
[[nodiscard]] std::vector<std::uint32_t> map_slots(const conf::Backend& config);

// HAProxy's order of turns for its static algorithms, slot for slot (recalc_server_map). `slots` is
// for each server, 0: it has no turn; the answer has an index into it for each turn of a cycle.
//
// HAProxy adds to each server's score its slots at every turn, gives the turn to the first with the
// highest score in whole cycles, and subtracts a cycle from it. That is O(total * n). The same in
// other words: each server holds a token at first and is given another whenever a whole multiple of
// total / slots turns has passed, the turn goes to the first of those with most tokens, and costs
// one. Then only the servers change that get or pay a token: O(total * log n).
[[nodiscard]] std::vector<ServerId> order_of_turns(std::span<const std::uint32_t> slots);

// The turns of the servers that are usable.
struct WeightedMap final : Table {
  // `slots` by server.
  WeightedMap(std::span<const std::uint32_t> slots, std::span<const Candidate> candidates);

  std::vector<ServerId> turns;
};

}  // namespace balancer
