#include "bench/load/options.h"

#include <catch2/catch.hpp>
#include <initializer_list>
#include <string>
#include <vector>

namespace bench {
namespace {

std::expected<Options, std::string> read(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  return read_options(arguments);
}

std::vector<std::string> with_addresses(std::initializer_list<std::string> more) {
  std::vector<std::string> words{"--proxy", "127.0.0.1:4100", "--server", "127.0.0.1:4200"};
  words.insert(words.end(), more);
  return words;
}

TEST_CASE("loads combine", "[bench]") {
  const auto options =
      read(with_addresses({"--round-trips", "50", "--downloads", "4", "--window", "500"}));

  REQUIRE(options);
  CHECK(options->round_trips == 50);
  CHECK(options->downloads == 4);
  CHECK(options->window == std::chrono::milliseconds(500));
}

TEST_CASE("what cannot be read is named with what would be right", "[bench]") {
  CHECK(read(with_addresses({"--idel", "5"})).error() ==
        "there is no option --idel: --help lists them");
  CHECK(read(with_addresses({"--idle", "many"})).error() == "--idle needs N");
  CHECK(read(with_addresses({"--idle"})).error() == "--idle needs N");
  CHECK(read({"--proxy", "localhost:1"}).error() == "--proxy needs IP:PORT");
  CHECK(read({"--proxy", "127.0.0.1:1"}).error() == "--proxy and --server are needed");
}

TEST_CASE("exact operations are of one kind", "[bench]") {
  CHECK(read(with_addresses({"--operations", "10", "--connects", "1"})));
  CHECK(read(with_addresses({"--operations", "10", "--visits", "1", "--downloads", "1"})));
  CHECK_FALSE(read(with_addresses({"--operations", "10"})));
  CHECK_FALSE(
      read(with_addresses({"--operations", "10", "--connects", "1", "--round-trips", "1"})));
}

}  // namespace
}  // namespace bench
