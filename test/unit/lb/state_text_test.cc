#include "lb/state_text.h"

#include <catch2/catch.hpp>
#include <string>

namespace {

using Mode = balancer::DrainOrder::Mode;

const std::string kHeader = "1\n# be_id be_name srv_id srv_name srv_addr ...\n";
const std::string kRow = "3 app 1 s1 10.0.0.1 2 8 5 10 7 6 3 4 6 0 0 0 - 80 - 0 0 - - 0\n";

lb::StoredState state_of(const std::string& text) {
  const auto state = lb::parse_state(text);
  REQUIRE(state);
  return *state;
}

}  // namespace

TEST_CASE("a state file tells of each server what HAProxy's has of it", "[lb]") {
  const std::string text = kHeader + kRow;
  const auto state = state_of(text);

  CHECK(state.broken.empty());
  REQUIRE(state.servers.size() == 1);
  const lb::StoredServer& server = state.servers[0];
  CHECK(server.backend == "app");
  CHECK(server.name == "s1");
  CHECK(server.operation == 2);
  CHECK(server.admin == 8);
  CHECK(server.weight == 5);
  CHECK(server.initial_weight == 10);
  CHECK(server.check_state == 6);
  CHECK(server.agent_state == 0);
  CHECK(server.more == lb::StoredMore{});
}

TEST_CASE("what HAProxy has no column for is read as it was written", "[lb]") {
  const lb::StoredMore more{
      .maxconn = 20,
      .initial_maxconn = 100,
      .address = conf::parse_address("10.0.0.2:80"),
      .moved_from = conf::parse_address("10.0.0.1:80"),
      .agent_down = true,
      .drain = lb::StoredDrain{
          .mode = Mode::kDeadline, .until = 1'764'440'000'123, .quiet_time = 250, .pace = 50}};
  std::string text = kHeader + kRow;
  lb::append_more(text, more);
  text += kRow;

  const auto state = state_of(text);
  REQUIRE(state.servers.size() == 2);
  CHECK(state.servers[0].more == more);
  CHECK(state.servers[1].more == lb::StoredMore{});
}

TEST_CASE("a server without more has no line for it", "[lb]") {
  std::string text;
  lb::append_more(text, {});
  CHECK(text.empty());
}

TEST_CASE("comments, empty lines and a last line without an end do no harm", "[lb]") {
  const auto state = state_of("1\n\n# tidegate maxconn=1/2\n#\n  \n" + kRow + "\n" +
                              kRow.substr(0, kRow.size() - 1));
  CHECK(state.servers.size() == 2);
  CHECK(state.servers[0].more == lb::StoredMore{});
  CHECK(state.all_broken == 0);
}

TEST_CASE("lines of a later version are read as far as they are known", "[lb]") {
  const auto state = state_of("1\n" + kRow.substr(0, kRow.size() - 1) +
                              " more columns\n# tidegate colour=blue maxconn=1/2\n");
  REQUIRE(state.servers.size() == 1);
  CHECK(state.servers[0].more.maxconn == 1);
}

TEST_CASE("a broken line is told with its number, and the others are read", "[lb]") {
  const auto [line, why] = GENERATE(table<std::string, std::string>({
      {"foo bar", "it has too few columns"},
      {"3 app 1 s1 a 4 8 5 10 7 6 3 4 6 0 0 0 - 80 - 0", "srv_op_state is no such number"},
      {"3 app 1 s1 a 2 -8 5 10 7 6 3 4 6 0 0 0 - 80 - 0", "srv_admin_state is no such number"},
      {"3 app 1 s1 a 2 8 257 10 7 6 3 4 6 0 0 0 - 80 - 0",
       "srv_uweight is no number from 0 to 256"},
      {"3 app 1 s1 a 2 8 5 1x 7 6 3 4 6 0 0 0 - 80 - 0", "srv_iweight is no number from 0 to 256"},
      {"3 app 1 s1 a 2 8 5 1 7 6 3 4 65536 0 0 0 - 80 - 0", "srv_check_state is no such number"},
      {"3 app 1 s1 a 2 8 5 1 7 6 3 4 6 - 0 0 - 80 - 0", "srv_agent_state is no such number"},
      {kRow + "# tidegate maxconn=20", "maxconn is not such as 20/100"},
      {kRow + "# tidegate drain=slow", "drain is not natural, deadline or when-quiet"},
      {kRow + "# tidegate drain=deadline until=-1", "until is no number"},
      {kRow + "# tidegate addr=10.0.0.2", "addr is not such as 10.0.0.2:80/10.0.0.1:80"},
      {kRow + "# tidegate down_by=me", "down_by is not agent or ejection"},
  }));
  INFO(line);
  const std::string text = "1\n" + kRow + line + "\n" + kRow;
  const auto state = state_of(text);
  const bool after_row = line.find('\n') != std::string::npos;
  CHECK(state.servers.size() == (after_row ? 3 : 2));
  REQUIRE(state.all_broken == 1);
  CHECK(state.broken[0].line == (after_row ? 4 : 3));
  CHECK(state.broken[0].why == why);
}

TEST_CASE("of very many broken lines the first are told, and how many there are", "[lb]") {
  std::string text = "1\n";
  for (int i = 0; i < 1000; ++i) text += "x\n";
  const auto state = state_of(text);
  CHECK(state.broken.size() == 10);
  CHECK(state.all_broken == 1000);
}

TEST_CASE("a text that does not begin with the number of the format is none", "[lb]") {
  CHECK_FALSE(lb::parse_state(""));
  CHECK_FALSE(lb::parse_state("2\n" + kRow));
  CHECK_FALSE(lb::parse_state(kRow));
  CHECK(lb::parse_state("1"));
}
