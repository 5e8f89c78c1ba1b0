#include "lb/cli/target.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using lb::cli::read_target;
using lb::cli::servers_of;
using lb::cli::Stat;
using lb::cli::Target;
using lb::cli::wrong_name;
using Names = std::vector<std::string>;

namespace {

const std::vector<Stat> kStats = {
    {.proxy = "web", .name = "FRONTEND", .kind = Stat::Kind::kFrontend},
    {.proxy = "app", .name = "s1"},
    {.proxy = "app", .name = "s2"},
    {.proxy = "app", .name = "BACKEND", .kind = Stat::Kind::kBackend},
    {.proxy = "db", .name = "p1"},
    {.proxy = "db", .name = "BACKEND", .kind = Stat::Kind::kBackend},
};

Target target(std::string_view text) {
  auto read = read_target(text);
  REQUIRE(read);
  return *read;
}

}  // namespace

TEST_CASE("a target is one server, several of a backend, or all of it", "[cli]") {
  CHECK(target("app/s1").servers == Names{"s1"});
  CHECK(target("app/s1,s2").servers == Names{"s1", "s2"});
  CHECK(target("app").servers.empty());
  CHECK(target("app/s1,s2").text() == "app/s1,s2");
}

TEST_CASE("a target without a name in a place of one is refused", "[cli]") {
  for (const char* text : {"", "/s1", "app/", "app/s1,", "app/,s2"}) {
    INFO(text);
    CHECK_FALSE(read_target(text));
  }
}

TEST_CASE("a backend stands for the servers that it has", "[cli]") {
  CHECK(servers_of(target("app"), kStats) == Names{"app/s1", "app/s2"});
  CHECK(servers_of(target("app/s9"), kStats) == Names{"app/s9"});
}

TEST_CASE("a wrong name is answered with the nearest right one", "[cli]") {
  CHECK(wrong_name(target("app/s11"), kStats) ==
        "backend app has no server \"s11\": did you mean \"s1\"?");
  CHECK(wrong_name(target("ap/s1"), kStats) == "there is no backend \"ap\": did you mean \"app\"?");
}

TEST_CASE("a name that is near to none is answered with those that there are", "[cli]") {
  CHECK(wrong_name(target("storage"), kStats) ==
        "there is no backend \"storage\": there are app, db");
}

TEST_CASE("of a right name nothing is said", "[cli]") {
  CHECK(wrong_name(target("app/s1,s2"), kStats).empty());
  CHECK(wrong_name(target("db"), kStats).empty());
}
