#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using std::chrono::hours;

std::string file_of(const std::string& age) {
  return file_with("", "    max_session_age: " + age + "\n");
}

std::optional<SessionAge> age_of(const std::string& age) {
  return reading_of(file_of(age)).config.backends.at(0).max_session_age;
}

TEST_CASE("a session's age is a limit, with a jitter of its own or the usual one", "[conf]") {
  CHECK(age_of("6h")->limit == hours{6});
  CHECK(age_of("6h")->jitter == 10);
  CHECK(age_of("{limit: 6h}")->jitter == 10);
  CHECK(age_of("{limit: 6h, jitter: 25%}")->jitter == 25);
  CHECK(age_of("{limit: 6h, jitter: none}")->jitter == 0);
  CHECK_FALSE(reading_of(file_with("")).config.backends.at(0).max_session_age);
}

TEST_CASE("a wrong age is told with what would be right", "[conf]") {
  const auto [age, wrong] = GENERATE(table<std::string, std::string>({
      {"0", ": must be a duration from 1s to 24d, is \"0\""},
      {"6", ": must be a duration from 1s to 24d, is \"6\""},
      {"infinite", ": must be a duration from 1s to 24d, is \"infinite\""},
      {"{jitter: 10%}", ": has no limit: write limit: 6h"},
      {"{limit: 999ms}", ".limit: must be a duration from 1s to 24d, is \"999ms\""},
      {"{limit: 1h, jitter: 0}", ".jitter: must be none or from 1% to 100%, is \"0\""},
      {"{limit: 1h, jitter: 10}", ".jitter: has no unit: write 10% instead of \"10\""},
      {"{limit: 1h, jitter: 101%}", ".jitter: must be none or from 1% to 100%, is \"101%\""},
  }));

  CHECK(mistakes_of(file_of(age)) ==
        std::vector<std::string>{"lb.yaml:9: backends.app.max_session_age" + wrong});
}

}  // namespace
}  // namespace conf::test
