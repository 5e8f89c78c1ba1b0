#include "health/printable.h"

#include <catch2/catch.hpp>
#include <string>

using health::printable;

TEST_CASE("what a stranger said is told in printable characters", "[health]") {
  CHECK(printable("-LOADING it's \"<so>\"~") == "-LOADING it's \"<so>\"~");
  CHECK(printable(std::string("a\0\n\x1f\x7f\x80\xff", 7)) == "a<00><0A><1F><7F><80><FF>");
}

TEST_CASE("what a stranger said is told up to 127 characters, none of them cut in two",
          "[health]") {
  CHECK(printable(std::string(127, 'x')) == std::string(127, 'x'));
  CHECK(printable(std::string(20'000, 'x')) == std::string(127, 'x'));
  CHECK(printable(std::string(124, 'x') + "\n.") == std::string(124, 'x'));
}
