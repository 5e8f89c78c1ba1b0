#pragma once

#include <array>
#include <string_view>
#include <utility>

#include "conf/balance.h"

// What the readers of all languages, and those who check what they read, know of the algorithms.
namespace conf {

inline constexpr std::array<std::pair<std::string_view, Algorithm>, 10> kAlgorithms = {{
    {"roundrobin", Algorithm::kRoundRobin},
    {"static-rr", Algorithm::kStaticRoundRobin},
    {"leastconn", Algorithm::kLeastConnections},
    {"first", Algorithm::kFirst},
    {"source", Algorithm::kSource},
    {"hash", Algorithm::kHash},
    {"random", Algorithm::kRandom},
    {"maglev", Algorithm::kMaglev},
    {"peak-ewma", Algorithm::kPeakEwma},
    {"sticky-source", Algorithm::kStickySource},
}};

[[nodiscard]] std::string_view name_of(Algorithm algorithm);

// Who places a client that comes for the first time.
[[nodiscard]] Algorithm placing(const Balance& balance);

// Whether it is what HAProxy calls a static algorithm: a server has its configured weight or none.
[[nodiscard]] bool is_static(const Balance& balance);

// Whether a server can have a part of its share of sessions, as slow start gives it. Of a static
// algorithm it has all of it or nothing, and `first` knows no shares.
[[nodiscard]] bool grades_weights(const Balance& balance);

}  // namespace conf
