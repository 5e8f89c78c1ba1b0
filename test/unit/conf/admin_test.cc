#include <catch2/catch.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

std::string file_with_admin(const std::string& admin) {
  return "global:\n  admin: " + admin + "\n" + file_with("");
}

std::vector<AdminSocket> sockets_of(const std::string& admin) {
  return reading_of(file_with_admin(admin)).config.global.admin;
}

TEST_CASE("without a word there is no admin socket", "[conf]") {
  CHECK(reading_of(file_with("")).config.global.admin.empty());
}

TEST_CASE("an admin socket is a path, a mapping or a list of them", "[conf]") {
  const auto path = sockets_of("/run/t.sock");
  REQUIRE(path.size() == 1);
  CHECK(path[0].address == *parse_address("unix:/run/t.sock"));
  CHECK(path[0].place.line == 2);

  const auto list = sockets_of(
      R"([{socket: "unix:/run/t.sock", mode: 660, user: nobody, group: nogroup, timeout: 1m, maxconn: 7},
          {listen: "[::1]:9999"}])");
  REQUIRE(list.size() == 2);
  CHECK(list[0].address == *parse_address("unix:/run/t.sock"));
  CHECK(list[0].mode == 0660);
  CHECK(list[0].user == "nobody");
  CHECK(list[0].group == "nogroup");
  CHECK(list[0].timeout == std::chrono::minutes{1});
  CHECK(list[0].maxconn == 7);
  CHECK(list[1].address == *parse_address("[::1]:9999"));
}

TEST_CASE("who alone can connect may do everything, on TCP one may look", "[conf]") {
  const auto [admin, level] = GENERATE(table<std::string, AdminLevel>({
      {"/run/t.sock", AdminLevel::kAdmin},
      {"{socket: /run/t.sock, mode: 0700}", AdminLevel::kAdmin},
      {"{socket: /run/t.sock, mode: 0660}", AdminLevel::kOperator},
      {R"({listen: "127.0.0.1:9999"})", AdminLevel::kUser},
      {R"({listen: "127.0.0.1:9999", level: admin})", AdminLevel::kAdmin},
      {"{socket: /run/t.sock, level: user}", AdminLevel::kUser},
  }));
  INFO(admin);
  CHECK(sockets_of(admin).at(0).level == level);
}

TEST_CASE("an admin socket that cannot be meant is a mistake that says what can", "[conf]") {
  const auto [admin, mistake] = GENERATE(table<std::string, std::string>({
      {"t.sock", R"(must be the absolute path of a UNIX socket, is "t.sock")"},
      {R"({listen: "0.0.0.0:9999"})",
       R"("0.0.0.0:9999" can be reached from other machines, and TCP does not say who a client is: )"
       R"(must be a loopback address and a port such as "127.0.0.1:9999")"},
      {R"({listen: "9999"})",
       R"(must be a loopback address and a port such as "127.0.0.1:9999", is "9999")"},
      {"{mode: 0600}", "has neither socket nor listen: write socket: /run/tidegate.sock"},
      {R"({socket: /run/t.sock, listen: "127.0.0.1:9999"})",
       "has both socket and listen: make it two of a list"},
      {R"({listen: "127.0.0.1:9999", mode: 0600})",
       "is for a UNIX socket only: leave it out beside listen"},
      {"{socket: /run/t.sock, user: nobodi}",
       R"(there is no user "nobodi": name one that this machine has)"},
      {"{socket: /run/t.sock, level: root}", R"(must be user, operator or admin, is "root")"},
  }));
  INFO(admin);
  const auto mistakes = mistakes_of(file_with_admin(admin));
  REQUIRE(mistakes.size() == 1);
  CHECK_THAT(mistakes[0], Catch::StartsWith("lb.yaml:2: global.admin"));
  CHECK_THAT(mistakes[0], Catch::EndsWith(": " + mistake));
}

}  // namespace
}  // namespace conf::test
