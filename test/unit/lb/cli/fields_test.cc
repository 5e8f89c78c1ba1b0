#include "lb/cli/fields.h"

#include <catch2/catch.hpp>

using lb::cli::Json;
using lb::cli::number_in;
using lb::cli::part_of;
using lb::cli::read_json;
using lb::cli::text_in;

TEST_CASE("an answer that is not the JSON asked for is an error, not a crash", "[cli]") {
  for (const char* answer : {"", "No such backend.", "[]", "17", "{\"other\":1}", "{\"drains\":"}) {
    INFO(answer);
    CHECK_FALSE(read_json(answer, "drains"));
  }
  CHECK(read_json("{\"drains\":[]}", "drains"));
}

TEST_CASE("a member of another type than expected is as if it were not there", "[cli]") {
  const Json object = {{"number", 7}, {"text", "x"}, {"null", nullptr}, {"list", {1, 2}}};

  CHECK(number_in(object, "number") == 7);
  CHECK(number_in(object, "text") == std::nullopt);
  CHECK(number_in(object, "null") == std::nullopt);
  CHECK(number_in(object, "nowhere") == std::nullopt);
  CHECK(text_in(object, "text") == "x");
  CHECK(text_in(object, "number").empty());
  CHECK(part_of(object, "list").size() == 2);
  CHECK(part_of(object, "number").empty());
}
