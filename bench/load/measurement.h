#pragma once

#include <string>

#include "bench/load/options.h"

namespace bench {

// Opens what the options ask for, warms up, measures, and answers with one line of JSON
// (bench/README.md, "One measurement"). Throws std::exception when the proxy does not carry the
// load.
[[nodiscard]] std::string measure(const Options& options);

}  // namespace bench
