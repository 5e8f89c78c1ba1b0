#include "lb/cli/status_table.h"

#include <catch2/catch.hpp>
#include <vector>

using lb::cli::as_text;
using lb::cli::Stat;
using lb::cli::state_cell;
using lb::cli::status_table;
using lb::cli::Tone;

TEST_CASE("the colour of a state says whether the operator is needed", "[cli]") {
  const auto tone = [](const char* status) { return state_cell({.status = status}).tone; };

  CHECK(tone("UP") == Tone::kGood);
  CHECK(tone("OPEN") == Tone::kGood);
  CHECK(tone("UP 1/3") == Tone::kWarning);
  CHECK(tone("DRAIN") == Tone::kWarning);
  CHECK(tone("MAINT") == Tone::kWarning);
  CHECK(tone("DOWN") == Tone::kBad);
  CHECK(tone("DOWN 1/2") == Tone::kBad);
}

TEST_CASE("a failed check is told with what the server said", "[cli]") {
  const std::vector<Stat> stats = {{.proxy = "app",
                                    .name = "s1",
                                    .status = "DOWN",
                                    .check = "L7STS",
                                    .last_check = "Service Unavailable",
                                    .check_ms = 2,
                                    .sessions = 0,
                                    .bytes_in = 1'500,
                                    .last_change_s = 0}};

  CHECK(as_text(status_table(stats), false) ==
        "PROXY  NAME  STATE  SINCE  WEIGHT  SESSIONS  QUEUE  RATE  TOTAL  BYTES IN  BYTES OUT  "
        "CHECK\n"
        "app    s1    DOWN     now       -         0      -     -      -     1.50k          -  "
        "L7STS 2ms: Service Unavailable\n");
}
