#pragma once

#include <string>

#include "lb/rebalances.h"

namespace lb::admin {

// A rebalance as `rebalance ... json` tells it: lb/admin/README.md has the schema.
[[nodiscard]] std::string rebalance_json(const RebalanceView& view);

// A sentence, and the servers in columns under a header.
[[nodiscard]] std::string rebalance_text(const RebalanceView& view);

}  // namespace lb::admin
