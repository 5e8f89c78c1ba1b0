#include "conf/value.h"

#include <catch2/catch.hpp>

namespace conf {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string error_of(std::string_view text) { return parse_duration(text).error(); }

TEST_CASE("a duration is a number and one unit", "[conf]") {
  CHECK(parse_duration("250ms") == Milliseconds{250});
  CHECK(parse_duration("5s") == seconds{5});
  CHECK(parse_duration("2m") == minutes{2});
  CHECK(parse_duration("1h") == hours{1});
  CHECK(parse_duration("24d") == days{24});
  CHECK(parse_duration("0") == Milliseconds{0});
  CHECK(parse_duration("0s") == Milliseconds{0});
  CHECK(parse_duration("infinite") == kInfinite);
}

TEST_CASE("parts of a millisecond are rounded up", "[conf]") {
  CHECK(parse_duration("1us") == Milliseconds{1});
  CHECK(parse_duration("1000us") == Milliseconds{1});
  CHECK(parse_duration("1001us") == Milliseconds{2});
}

TEST_CASE("a duration without a unit is told how to get one", "[conf]") {
  CHECK(error_of("5000") == R"(has no unit: write 5000ms or 5000s instead of "5000")");
}

TEST_CASE("a duration that is none is told what one looks like", "[conf]") {
  const std::string text = GENERATE("5x", "s", "1h30m", "-5s", "1.5s", "5 s", "5S", "forever", "");

  CHECK(
      error_of(text) ==
      "must be a whole number and one unit (us, ms, s, m, h, d) such as 250ms, or infinite, is \"" +
          text + "\"");
}

TEST_CASE("a duration above 24 days is refused, however large", "[conf]") {
  const std::string text = GENERATE("25d", "577h", "2073600001ms", "99999999999999999999s");

  CHECK(error_of(text) == "must be at most 24d, is \"" + text + "\"; say infinite for no limit");
}

TEST_CASE("a number is decimal digits within its range", "[conf]") {
  CHECK(parse_number("64", 1, 64) == 64U);
  CHECK(parse_number("007", 1, 64) == 7U);
  CHECK(parse_number("4294967295", 0, 4294967295U) == 4294967295U);

  const std::string text = GENERATE("0", "65", "-1", "+1", "1.5", "0x10", "", " 1", "1 ",
                                    "4294967297", "99999999999999999999999");
  CHECK(parse_number(text, 1, 64) == std::nullopt);
}

TEST_CASE("a switch is any of YAML 1.1's words", "[conf]") {
  CHECK(parse_switch("true") == true);
  CHECK(parse_switch("On") == true);
  CHECK(parse_switch("YES") == true);
  CHECK(parse_switch("false") == false);
  CHECK(parse_switch("off") == false);
  CHECK(parse_switch("No") == false);
  CHECK(parse_switch("1") == std::nullopt);
  CHECK(parse_switch("y") == std::nullopt);
}

TEST_CASE("a mode is octal text, with or without its zero", "[conf]") {
  CHECK(parse_mode("0660") == 0660U);
  CHECK(parse_mode("660") == 0660U);
  CHECK(parse_mode("0o660") == std::nullopt);
  CHECK(parse_mode("0680") == std::nullopt);
  CHECK(parse_mode("1777") == std::nullopt);
  CHECK(parse_mode("rw") == std::nullopt);
}

TEST_CASE("a value in a message has no control characters and an end", "[conf]") {
  CHECK(quoted("a\n\x1b[31mb\x7f") == R"("a??[31mb?")");
  CHECK(quoted(std::string(1000, 'x')) == '"' + std::string(80, 'x') + "...\"");
}

}  // namespace
}  // namespace conf
