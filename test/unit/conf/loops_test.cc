#include "conf/loops.h"

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using Lines = std::vector<std::string>;

std::string one(const std::string& bind, const std::string& server) {
  return "frontends:\n  web: {bind: " + bind +
         ", backend: app}\nbackends:\n  app:\n    servers:\n" + "      s1: " + server + "\n";
}

TEST_CASE("a server that is the bind of its own frontend is a loop", "[conf]") {
  const auto [bind, server] = GENERATE(table<std::string, std::string>({
      {"127.0.0.1:80", "127.0.0.1:80"},
      {"0.0.0.0:80", "127.0.0.1:80"},
      {"0.0.0.0:80", "127.9.9.9:80"},
      {"0.0.0.0:80", "0.0.0.0:80"},
      {"127.0.0.1:80", "0.0.0.0:80"},
      {"[::]:80", "[::1]:80"},
      {"[::]:80", "127.0.0.1:80"},
      {"unix:/run/a", "unix:/run/a"},
  }));

  CHECK(mistakes_of(one('"' + bind + '"', '"' + server + '"')) ==
        Lines{"lb.yaml:6: backends.app.servers.s1: " + server + " is the bind " + bind +
              " of frontend \"web\", so clients go round in a loop: name another server"});
}

TEST_CASE("a server elsewhere is no loop", "[conf]") {
  const auto [bind, server] = GENERATE(table<std::string, std::string>({
      {"127.0.0.1:80", "127.0.0.1:81"},
      {"127.0.0.1:80", "127.0.0.2:80"},
      {"0.0.0.0:80", "10.0.0.1:80"},
      {"0.0.0.0:80", "[::1]:80"},
      {"unix:/run/a", "unix:/run/b"},
      {"0.0.0.0:0", "127.0.0.1:80"},
  }));

  CHECK(mistakes_of(one('"' + bind + '"', '"' + server + '"')) == Lines{});
}

TEST_CASE("one frontend may feed another", "[conf]") {
  CHECK(mistakes_of("frontends:\n"
                    "  outer: {bind: \"*:80\", backend: outer}\n"
                    "  inner: {bind: \"unix:/run/inner\", backend: inner}\n"
                    "backends:\n"
                    "  outer: {servers: {s1: \"unix:/run/inner\"}}\n"
                    "  inner: {servers: {s1: \"10.0.0.1:80\"}}\n") == Lines{});
}

TEST_CASE("a loop through several frontends is told at each of its servers, and nowhere else",
          "[conf]") {
  CHECK(
      mistakes_of("frontends:\n"
                  "  way: {bind: \"*:80\", backend: to_a}\n"
                  "  a: {bind: \"unix:/run/a\", backend: to_b}\n"
                  "  b: {bind: \"unix:/run/b\", backend: to_a_and_out}\n"
                  "  out: {bind: \"unix:/run/out\", backend: away}\n"
                  "backends:\n"
                  "  to_a: {servers: {s1: \"unix:/run/a\"}}\n"
                  "  to_b: {servers: {s1: \"unix:/run/b\"}}\n"
                  "  to_a_and_out:\n"
                  "    servers:\n"
                  "      s1: \"unix:/run/a\"\n"
                  "      s2: \"unix:/run/out\"\n"
                  "  away: {servers: {s1: \"10.0.0.1:80\"}}\n") ==
      Lines{"lb.yaml:8: backends.to_b.servers.s1: unix:/run/b is the bind unix:/run/b of frontend "
            "\"b\", so clients go round in a loop: name another server",
            "lb.yaml:11: backends.to_a_and_out.servers.s1: unix:/run/a is the bind unix:/run/a of "
            "frontend \"a\", so clients go round in a loop: name another server"});
}

}  // namespace
}  // namespace conf::test
