#include "lb/cli/stat.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using lb::cli::read_stat;
using lb::cli::split_csv;
using lb::cli::Stat;

namespace {

std::vector<Stat> read(std::string_view csv) {
  auto stats = read_stat(csv);
  REQUIRE(stats);
  return *stats;
}

}  // namespace

TEST_CASE("lines of show stat are read by the names of their columns", "[cli]") {
  const auto stats = read(
      "# pxname,svname,type,status,scur,weight,check_status,check_duration,new_column,\n"
      "web,FRONTEND,0,OPEN,12,,,,x,\n"
      "app,s1,2,UP 1/3,7,20,L4OK,3,x,\n"
      "app,BACKEND,1,UP,7,20,,,x,\n"
      "\n");

  REQUIRE(stats.size() == 3);
  CHECK(stats[0].kind == Stat::Kind::kFrontend);
  CHECK(stats[0].sessions == 12);
  CHECK(stats[0].weight == std::nullopt);
  CHECK(stats[1].kind == Stat::Kind::kServer);
  CHECK(stats[1].status == "UP 1/3");
  CHECK(stats[1].check_ms == 3);
  CHECK(stats[2].kind == Stat::Kind::kBackend);
}

TEST_CASE("the order of the columns does not matter", "[cli]") {
  const auto stats = read("# pxname,scur,svname,\napp,3,s1,\n");

  CHECK(stats.at(0).name == "s1");
  CHECK(stats.at(0).sessions == 3);
}

TEST_CASE("a line that ends early has no values there", "[cli]") {
  const auto stats = read("# pxname,svname,type,scur,\napp\n");

  CHECK(stats.at(0).proxy == "app");
  CHECK(stats.at(0).sessions == std::nullopt);
}

TEST_CASE("what is not a table of HAProxy's is refused", "[cli]") {
  CHECK_FALSE(read_stat("No such proxy."));
  CHECK_FALSE(read_stat(""));
}

TEST_CASE("quotes of CSV enclose commas and double quotes", "[cli]") {
  CHECK(split_csv(R"(a,"b,""c""",,d)") == std::vector<std::string>{"a", "b,\"c\"", "", "d"});
}
