#include "conf/haproxy/server_line.h"

#include <catch2/catch.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "conf/haproxy/address.h"

using conf::haproxy::parse_target;
using conf::haproxy::read_server_line;
using conf::haproxy::ServerLine;
using namespace std::chrono_literals;

namespace {

std::expected<ServerLine, std::string> read(const std::string& line,
                                            const std::string& name = "s4") {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return read_server_line(name, words);
}

std::string fault(const std::string& line, const std::string& name = "s4") {
  const auto answer = read(line, name);
  return answer ? "" : answer.error();
}

}  // namespace

TEST_CASE("a server line has HAProxy's keywords and defaults", "[conf]") {
  const auto plain = read("10.0.0.4:80");
  REQUIRE(plain);
  CHECK(plain->server.name == "s4");
  CHECK(conf::to_string(plain->server.address.value()) == "10.0.0.4:80");
  CHECK(plain->server.weight == 1);
  CHECK_FALSE(plain->server.check);

  const auto full = read(
      "10.0.0.4:80 weight 20 maxconn 100 maxqueue 7 minconn 3 backup slowstart 10s id 77 disabled "
      "check inter 1s fastinter 500 rise 4 fall 5 port 81 addr 10.0.0.5 send-proxy-v2 "
      "proxy-v2-options crc32c,authority on-marked-down shutdown-sessions agent-check agent-port 9 "
      "observe layer4 error-limit 3 on-error mark-down");
  REQUIRE(full);
  const conf::Server& server = full->server;
  CHECK(server.weight == 20);
  CHECK(server.maxconn == 100);
  CHECK(server.maxqueue == 7);
  CHECK(server.minconn == 3);
  CHECK(server.backup);
  CHECK(server.slow_start == 10s);
  CHECK(server.id == 77);
  CHECK(server.disabled);
  REQUIRE(server.check);
  CHECK(server.check->interval == 1s);
  CHECK(server.check->fast_interval == 500ms);
  CHECK(server.check->down_interval == 1s);
  CHECK(server.check->rise == 4);
  CHECK(server.check->fall == 5);
  CHECK(server.check->port == 81);
  CHECK(conf::host_of(server.check->address.value()) == "10.0.0.5");
  CHECK(server.send_proxy->version == conf::SendProxy::Version::kV2);
  CHECK(server.send_proxy->crc32c);
  CHECK(server.send_proxy->authority);
  CHECK(server.on_marked_down == conf::OnMarkedDown::kShutdownSessions);
  CHECK(server.agent->port == 9);
  CHECK(server.observe->error_limit == 3);
  CHECK(server.observe->on_error == conf::Observe::Action::kMarkDown);
}

TEST_CASE("what is wrong with a server line is told in a sentence", "[conf]") {
  CHECK(fault("") == "'server' expects <name> and <addr>[:<port>] as arguments.");
  CHECK(fault("10.0.0.4:80 chck") == "unknown keyword 'chck'; did you mean 'check' maybe ?");
  CHECK(fault("10.0.0.4:80 zzzzzz") == "unknown keyword 'zzzzzz'");
  CHECK(fault("10.0.0.4:80 cookie x") == "'cookie' option is not accepted for dynamic server");
  CHECK(fault("10.0.0.4:80 weight 300") == "weight of server s4 is not within 0 and 256 (300).");
  CHECK(fault("10.0.0.4:80 weight") == "'weight' expects an argument.");
  CHECK(fault("10.0.0.4:80 inter 0") == "inter is not a time such as 2s: '0'");
  CHECK(fault("10.0.0.4:99999") == "invalid port '99999'");
  CHECK(fault("10.0.0.4").find("has no port") != std::string::npos);
  CHECK(fault("10.0.0.4.5:80").find("invalid address") == 0);
  CHECK(fault("10.0.0.4:80", "bad!name") ==
        "character '!' is not permitted in server name 'bad!name'.");
  CHECK(fault("10.0.0.4:80 track app").find("'track' expects") == 0);
  CHECK(fault("10.0.0.4:80 agent-check").find("requires an 'agent-port'") != std::string::npos);
  CHECK(fault("10.0.0.4:80 observe layer7").find("layer4") != std::string::npos);
}

TEST_CASE("a server's address has HAProxy's spellings", "[conf]") {
  using Spelling = std::pair<std::string, std::string>;
  const auto [text, address] = GENERATE(values<Spelling>({{"127.0.0.1:80", "127.0.0.1:80"},
                                                          {":80", "0.0.0.0:80"},
                                                          {"ipv4@127.0.0.1:80", "127.0.0.1:80"},
                                                          {"[2001:db8::1]:80", "[2001:db8::1]:80"},
                                                          {"2001:db8::1:80", "[2001:db8::1]:80"},
                                                          {"ipv6@::1:80", "[::1]:80"},
                                                          {"unix@/run/x.sock", "unix:/run/x.sock"},
                                                          {"/run/x.sock", "unix:/run/x.sock"}}));
  const auto target = parse_target(text);
  REQUIRE(target);
  CHECK(conf::to_string(target->address.value()) == address);
}

TEST_CASE("a name is kept for who resolves it", "[conf]") {
  const auto target = parse_target("db.internal:5432");
  REQUIRE(target);
  CHECK_FALSE(target->address);
  CHECK(target->host == "db.internal");
  CHECK(target->port == 5432);
  CHECK_FALSE(parse_target("ipv6@127.0.0.1:80"));
  CHECK_FALSE(parse_target("abns@x"));
}
