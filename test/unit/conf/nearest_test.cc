#include "conf/nearest.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>

namespace conf {
namespace {

constexpr std::array<std::string_view, 4> kWords = {"maxconn", "bind", "backend", "timeouts"};

TEST_CASE("the word with the fewest changes is the nearest", "[conf]") {
  CHECK(nearest("max_conn", kWords) == "maxconn");
  CHECK(nearest("timeout", kWords) == "timeouts");
  CHECK(nearest("bnid", kWords) == "bind");
  CHECK(nearest("bin", kWords) == "bind");
  CHECK(nearest("bakcend", kWords) == "backend");
}

TEST_CASE("a word that was cut short is the nearest where no change is small", "[conf]") {
  CHECK(nearest("time", kWords) == "timeouts");
  CHECK(nearest("tim", kWords).empty());
}

TEST_CASE("a word that resembles none has no nearest", "[conf]") {
  CHECK(nearest("servers", kWords).empty());
  CHECK(nearest("", kWords).empty());
  CHECK(nearest(std::string(100'000, 'x'), kWords).empty());
}

}  // namespace
}  // namespace conf
