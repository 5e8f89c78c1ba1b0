#include "lb/cli/words.h"

#include <catch2/catch.hpp>

using lb::cli::read_pace;
using lb::cli::read_percent;
using lb::cli::read_time;
using lb::cli::Words;

TEST_CASE("a command has the words that were given", "[cli]") {
  const Words words = Words("drain")
                          .add("app/s1")
                          .add("deadline", "2m")
                          .add("pace", "")
                          .add_if(true, "force")
                          .add_if(false, "json");

  CHECK(words.text() == "drain app/s1 deadline 2m force");
}

TEST_CASE("a word cannot begin another command", "[cli]") {
  CHECK(Words("get weight").add("a/b;quit").text() == "get weight a/b\\;quit");
  CHECK(Words("get weight").add("a/b\nquit").text() == "get weight a/b\\ quit");
  CHECK(Words("get weight").add("a\\b c").text() == "get weight a\\\\b\\ c");
}

TEST_CASE("a pace and a percentage may leave out their unit", "[cli]") {
  CHECK(read_pace("50") == "50/s");
  CHECK(read_pace("50/s") == "50/s");
  CHECK_FALSE(read_pace("50/m"));
  CHECK(read_percent("10") == "10%");
  CHECK(read_percent("10%") == "10%");
  CHECK_FALSE(read_percent("-1%"));
}

TEST_CASE("a time needs its unit", "[cli]") {
  CHECK(read_time("2m") == "2m");
  CHECK(read_time("250ms") == "250ms");
  CHECK_FALSE(read_time("2"));
}
