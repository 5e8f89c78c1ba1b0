#include "conf/haproxy/time.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>

using conf::haproxy::parse_time;
using namespace std::chrono_literals;

TEST_CASE("a time is a number of units, or of the unit that is usual there", "[admin]") {
  using Time = std::optional<std::chrono::milliseconds>;
  const auto [text, time] = GENERATE(table<std::string, Time>({{"30s", 30s},
                                                               {"2m", 2min},
                                                               {"500ms", 500ms},
                                                               {"1h", 1h},
                                                               {"1d", 24h},
                                                               {"100us", 1ms},
                                                               {"0", 0s},
                                                               {"7", 7s},
                                                               {"24d", 24 * 24h},
                                                               {"25d", std::nullopt},
                                                               {"4294967295", std::nullopt},
                                                               {"infinite", std::nullopt},
                                                               {"", std::nullopt},
                                                               {"-1", std::nullopt},
                                                               {"1.5s", std::nullopt},
                                                               {"s", std::nullopt}}));
  INFO(text);
  CHECK(parse_time(text, 1s) == time);
}
