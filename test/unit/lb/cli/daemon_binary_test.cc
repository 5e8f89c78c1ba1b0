#include "lb/cli/daemon_binary.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using lb::cli::daemon_places;

TEST_CASE("the daemon is looked for beside this program first", "[cli]") {
  CHECK(daemon_places("/opt/t/bin/tidectl", "/usr/sbin::/usr/bin") ==
        std::vector<std::string>{"/opt/t/bin/tidegate", "/opt/t/bin/../sbin/tidegate",
                                 "/usr/sbin/tidegate", "/usr/bin/tidegate"});
}
