#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

std::string file_of(const std::string& rebalance) {
  return file_with("", "    rebalance: " + rebalance + "\n");
}

TEST_CASE("a rebalance by itself has a tolerance, a pace and a calm", "[conf]") {
  const auto read = [](const std::string& text) {
    return *reading_of(file_of(text)).config.backends.at(0).rebalance;
  };

  CHECK(read("{}").to == 10);
  CHECK(read("{}").pace == 50);
  CHECK(read("{}").after == seconds{30});
  const Rebalance other = read("{to: 5%, pace: 200/s, after: 2m}");
  CHECK(other.to == 5);
  CHECK(other.pace == 200);
  CHECK(other.after == minutes{2});
  CHECK_FALSE(reading_of(file_with("")).config.backends.at(0).rebalance);
}

TEST_CASE("a wrong one is told with what would be right", "[conf]") {
  const auto [text, wrong] = GENERATE(table<std::string, std::string>({
      {"{to: 0%}", ".to: must be from 1% to 100%, is \"0%\""},
      {"{to: 10}", ".to: has no unit: write 10% instead of \"10\""},
      {"{pace: none}", ".pace: must be from 1/s to 1000000/s, is \"none\""},
      {"{pace: 50}", ".pace: has no unit: write 50/s instead of \"50\""},
      {"{after: 0}", ".after: must be a duration from 1s to 1d, is \"0\""},
      {"{at: 5%}", ".at: is no known key: known here are to, pace, after"},
  }));

  CHECK(mistakes_of(file_of(text)) ==
        std::vector<std::string>{"lb.yaml:9: backends.app.rebalance" + wrong});
}

}  // namespace
}  // namespace conf::test
