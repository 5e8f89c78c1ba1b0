#include "conf/regex.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using conf::Regex;

namespace {

// As much of it, over and over, as a check reads of an answer.
std::string filled_with(std::string_view text) {
  std::string all;
  while (all.size() + text.size() <= 16'384) all += text;
  return all;
}

struct Search {
  std::string pattern;
  std::string subject;
  Regex::Found found;
};

}  // namespace

TEST_CASE("a regular expression is looked for anywhere in the bytes", "[conf]") {
  const auto regex = Regex::compile("role:(master|leader)");
  REQUIRE(regex);

  CHECK(regex->find_in("redis\r\nrole:master\r\n") == Regex::Found::kYes);
  CHECK(regex->find_in("role:replica") == Regex::Found::kNo);
  CHECK(regex->find_in("") == Regex::Found::kNo);
  CHECK(regex->find_in(std::string("\0\xff role:leader", 14)) == Regex::Found::kYes);
}

TEST_CASE("look-around and back-references work, and case counts unless told otherwise", "[conf]") {
  CHECK(Regex::compile("(?<!not )ready")->find_in("all ready") == Regex::Found::kYes);
  CHECK(Regex::compile("(?<!not )ready")->find_in("not ready") == Regex::Found::kNo);
  CHECK(Regex::compile(R"((\d)\1)")->find_in("a22") == Regex::Found::kYes);
  CHECK(Regex::compile("OK")->find_in("ok") == Regex::Found::kNo);
  CHECK(Regex::compile("OK", true)->find_in("ok") == Regex::Found::kYes);
}

TEST_CASE("a pattern with a fault is told with its place", "[conf]") {
  const auto regex = Regex::compile("role:(master");

  REQUIRE_FALSE(regex);
  CHECK(regex.error() == "missing closing parenthesis at character 13");
}

TEST_CASE("a pattern that would never end is given up", "[conf]") {
  const auto regex = Regex::compile("^(a+)+$");
  REQUIRE(regex);

  CHECK(regex->find_in(std::string(64, 'a') + "b") == Regex::Found::kTooCostly);
}

TEST_CASE("the places where a match could begin share one budget", "[conf]") {
  const std::string lines = filled_with(std::string(400, 'e') + "\n") + "ok";
  const std::string same = filled_with("a");
  const std::string nearly = filled_with(std::string(7'999, 'a') + "x");
  std::string groups;
  for (int i = 0; i < 2'000; ++i) groups += "()";
  for (const auto& [pattern, subject, found] : std::vector<Search>{
           {"e.*e.*ok", lines, Regex::Found::kTooCostly},
           {"a.*?a.*?[xy]", same, Regex::Found::kTooCostly},
           {"a[^z]*+[xy]", same, Regex::Found::kTooCostly},
           {"(?s)x*.*a{8000}", nearly, Regex::Found::kTooCostly},
           {"(?si)(.*)\\1[xy]", same, Regex::Found::kTooCostly},
           {"(?si)(?<it>.*)(?P=it)[xy]", same, Regex::Found::kTooCostly},
           {"(?s)" + groups + ".*[xy]", same, Regex::Found::kTooCostly},
       }) {
    INFO(pattern.substr(0, 40));
    const auto regex = Regex::compile(pattern);
    REQUIRE(regex);
    CHECK(regex->find_in(subject) == found);
  }
}

TEST_CASE("an ordinary pattern is decided over 16 KiB, there or not", "[conf]") {
  const std::string prose =
      filled_with("The quick brown fox jumps over the lazy dog, 1234 times; then it sleeps.\n");
  const std::string redis = filled_with("used_memory_human:1.05M\r\nconnected_slaves:2\r\n");
  const std::string json =
      filled_with(R"({"name":"server-17","state":"running","lag":0,"healthy":true},)");
  for (const auto& [pattern, text, there] :
       std::vector<std::tuple<std::string, std::string, std::string>>{
           {"role:(master|leader)", redis, "role:master"},
           {"(?m)^role:(master|leader)\r?$", redis, "\r\nrole:leader"},
           {"(?<!not )ready", prose, "all ready"},
           {"(?i)error|fail(ed|ure)?", prose, "FAILURE"},
           {"\\d+ ok", prose, "17 ok"},
           {"(?m)^status:\\s*ok$", prose, "\nstatus: ok"},
           {"then.*ok$", prose, "then all is ok"},
           {"\\w+\\s+\\w+\\s+zebra", prose, "one more zebra"},
           {"\\b(\\w+) \\1\\b", prose, "is is"},
           {"(?s)^(?!.*error).*zz$", prose, "zz"},
           {"\"state\":\\s*\"(ok|up)\"", json, "\"state\": \"up\""},
           {"\"(healthy|lag)\":(false|[1-9][0-9]*)", json, "\"lag\":12"},
           {"[0-9a-f]{64}", json, std::string(64, 'c')},
       }) {
    INFO(pattern);
    const auto regex = Regex::compile(pattern);
    REQUIRE(regex);
    CHECK(regex->find_in(text) == Regex::Found::kNo);
    CHECK(regex->find_in(text + there) == Regex::Found::kYes);
  }
}

TEST_CASE("a pattern for the beginning looks at no other place", "[conf]") {
  const auto status = Regex::compile("^HTTP/1\\.[01] 2\\d\\d");
  REQUIRE(status);

  CHECK(status->find_in("HTTP/1.1 204 None\r\n" + filled_with("x")) == Regex::Found::kYes);
  CHECK(status->find_in("\nHTTP/1.1 204 None\r\n") == Regex::Found::kNo);
  CHECK(status->find_in(filled_with("HTTP/1.1 503 No\r\n")) == Regex::Found::kNo);
}
