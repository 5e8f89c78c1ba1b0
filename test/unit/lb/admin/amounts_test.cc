#include "lb/admin/amounts.h"

#include <catch2/catch.hpp>

namespace lb::admin {

TEST_CASE("a pace is so many a second, and at least one", "[admin]") {
  CHECK(parse_pace("50/s") == 50);
  for (const char* wrong : {"", "50", "0/s", "-1/s", "50/m", "50/s ", "4294967296/s"})
    CHECK_FALSE(parse_pace(wrong));
}

TEST_CASE("a percentage is a part of a whole, and not nothing", "[admin]") {
  CHECK(parse_percent("10%") == 10);
  CHECK(parse_percent("100%") == 100);
  for (const char* wrong : {"", "10", "0%", "101%", "1.5%", "%"}) CHECK_FALSE(parse_percent(wrong));
}

}  // namespace lb::admin
