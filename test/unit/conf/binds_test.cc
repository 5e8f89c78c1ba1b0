#include "conf/binds.h"

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using Lines = std::vector<std::string>;

// One frontend a bind, on lines 3, 4 and so on.
std::string frontends(const std::vector<std::string>& binds) {
  std::string text = "backends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\nfrontends:\n";
  for (std::size_t i = 0; i < binds.size(); ++i) {
    text += "  f" + std::to_string(i + 1) + ": {backend: app, bind: " + binds[i] + "}\n";
  }
  return text;
}

std::string collision(const std::string& later, const std::string& earlier) {
  return "lb.yaml:4: frontends.f2.bind: " + later + " collides with " + earlier +
         " of frontend \"f1\" at lb.yaml:3: give each bind its own address";
}

TEST_CASE("two binds on one address collide", "[conf]") {
  const std::string address = GENERATE("127.0.0.1:80", "0.0.0.0:80", "[::]:80", "unix:/run/a");
  const std::string bind = '"' + address + '"';

  CHECK(mistakes_of(frontends({bind, bind})) == Lines{collision(address, address)});
}

TEST_CASE("a wildcard collides with every address of its port, written before or after", "[conf]") {
  CHECK(mistakes_of(frontends({"\"*:80\"", "\"127.0.0.1:80\""})) ==
        Lines{collision("127.0.0.1:80", "0.0.0.0:80")});
  CHECK(mistakes_of(frontends({"\"[::]:80\"", "\"[::1]:80\""})) ==
        Lines{collision("[::1]:80", "[::]:80")});
  CHECK(mistakes_of(frontends({"\"[::]:80\"", "\"127.0.0.1:80\""})) ==
        Lines{collision("127.0.0.1:80", "[::]:80")});
  CHECK(mistakes_of(frontends({"\"127.0.0.1:80\"", "\"*:80\""})).size() == 1);
}

TEST_CASE("addresses that differ do not collide", "[conf]") {
  CHECK(mistakes_of(frontends({"\"127.0.0.1:80\"", "\"127.0.0.2:80\"", "\"[::1]:80\"", "\"*:81\"",
                               "\"unix:/run/a\"", "\"unix:/run/b\""})) == Lines{});
}

TEST_CASE("binds whose port the kernel chooses never collide", "[conf]") {
  CHECK(mistakes_of(frontends({"\"*:0\"", "\"*:0\"", "\"127.0.0.1:0\"", "\"[::]:0\""})) == Lines{});
}

TEST_CASE("an IPv6 wildcard that takes no IPv4 clients leaves IPv4 addresses alone", "[conf]") {
  CHECK(mistakes_of(frontends({"{address: \"[::]:80\", v6only: true}", "\"127.0.0.1:80\""})) ==
        Lines{});
}

TEST_CASE("the IPv6 wildcard beside its IPv4 twin becomes v6only", "[conf]") {
  const auto order = GENERATE(
      values<std::vector<std::string>>({{"\"*:80\"", "\"[::]:80\""}, {"\"[::]:80\"", "\"*:80\""}}));

  const Config config = reading_of(frontends(order)).config;

  for (const auto& frontend : config.frontends) {
    const Bind& bind = frontend.binds.at(0);
    CHECK(bind.v6only == (bind.address.family == Family::kIpv6));
  }
}

TEST_CASE("an IPv6 wildcard alone takes IPv4 clients too", "[conf]") {
  const Config config = reading_of(frontends({"\"[::]:80\"", "\"*:81\""})).config;

  CHECK_FALSE(config.frontends.at(0).binds.at(0).v6only);
}

}  // namespace
}  // namespace conf::test
