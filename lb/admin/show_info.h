#pragma once

#include <span>
#include <string>

#include "lb/telemetry/snapshot.h"

namespace lb::admin {

// `show info` with the words behind it: typed, json, desc, float. The keys are those of HAProxy
// 2.6, in its order; what there is none of here is 0.
[[nodiscard]] std::string info_text(const telemetry::ProcessStat& process,
                                    std::span<const std::string> words);

}  // namespace lb::admin
