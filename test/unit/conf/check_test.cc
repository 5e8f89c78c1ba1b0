#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

// How a reader understands `check` and `agent`.
namespace conf::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The servers of backend app with `backend` as further lines and `servers` after s1.
std::vector<Server> servers_of(const std::string& backend, const std::string& servers = "") {
  return reading_of(file_with("", servers + backend)).config.backends.at(0).servers;
}

// A server's check, of a backend with `check`.
Check check_of(const std::string& check) {
  const auto servers = servers_of("    check: " + check + "\n");
  REQUIRE(servers.at(0).check);
  return *servers[0].check;
}

CheckDialog dialog_of(const std::string& check) { return *check_of(check).dialog; }

template <typename T>
T step_of(const std::string& check, std::size_t index) {
  return std::get<T>(dialog_of(check).steps.at(index));
}

CheckExpect expected_by(const std::string& expect) {
  return step_of<CheckExpect>("{script: [{expect: " + expect + "}]}", 0);
}

CheckExpect http_expected_by(const std::string& expect) {
  return step_of<CheckExpect>("{http: {expect: " + expect + "}}", 1);
}

using Statuses = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
using Match = CheckExpect::Match;

TEST_CASE("a server has no check and no agent unless somebody asks for one", "[conf]") {
  const Server plain = servers_of("").at(0);
  CHECK((!plain.check && !plain.agent && !plain.observe && !plain.track));

  CHECK_FALSE(servers_of("    check: none\n").at(0).check);
  CHECK_FALSE(servers_of("    check: false\n").at(0).check);
}

TEST_CASE("a check of one word is of that kind, with HAProxy's settings", "[conf]") {
  const auto [word, kind] = GENERATE(table<std::string, CheckKind>({
      {"true", CheckKind::kTcp},
      {"tcp", CheckKind::kTcp},
      {"tls-hello", CheckKind::kTlsHello},
      {"http", CheckKind::kHttp},
      {"redis", CheckKind::kRedis},
      {"mysql", CheckKind::kMysql},
      {"ldap", CheckKind::kLdap},
      {"mqtt", CheckKind::kMqtt},
      {"smtp", CheckKind::kSmtp},
      {"{}", CheckKind::kTcp},
      {"{kind: redis}", CheckKind::kRedis},
  }));
  const Check check = check_of(word);

  CHECK(check.dialog->kind == kind);
  CHECK((check.interval == seconds{2} && check.fast_interval == seconds{2} &&
         check.down_interval == seconds{2}));
  CHECK((check.rise == 2 && check.fall == 3 && !check.timeout && !check.port && !check.address));
  CHECK((!check.send_proxy && check.init_state == InitState::kUp));
  CHECK(check.dialog->hello == "HELO localhost");
}

TEST_CASE("a check has its settings", "[conf]") {
  const Check check = check_of(
      "{interval: 5s, fast_interval: 1s, down_interval: 1d, rise: 1, fall: 1000, timeout: 1ms, "
      "port: 8008, address: \"::1\", send_proxy: true, init_state: fully-down}");

  CHECK((check.interval == seconds{5} && check.fast_interval == seconds{1}));
  CHECK(check.down_interval == std::chrono::days{1});
  CHECK((check.rise == 1 && check.fall == 1000 && check.timeout == milliseconds{1}));
  CHECK((check.port == 8008 && host_of(*check.address) == "::1"));
  CHECK((check.send_proxy && check.init_state == InitState::kFullyDown));
}

TEST_CASE("the intervals that are not given are the one that is", "[conf]") {
  const auto servers = servers_of("    check: {interval: 5s, fast_interval: 1s}\n",
                                  "      s2: {address: \"10.0.0.2:80\", check: {interval: 9s}}\n");

  CHECK(servers.at(0).check->down_interval == seconds{5});
  CHECK(servers.at(1).check->fast_interval == seconds{1});
  CHECK(servers.at(1).check->down_interval == seconds{9});
}

TEST_CASE("a check that goes where sessions go begins with a PROXY header where they do",
          "[conf]") {
  const auto [check, begins] = GENERATE(table<std::string, bool>({
      {"tcp", true},
      {"{port: 81}", false},
      {"{address: 10.0.0.9}", false},
      {"{port: 81, send_proxy: true}", true},
      {"{send_proxy: false}", false},
  }));
  const auto servers =
      servers_of("    server_defaults: {send_proxy: v2}\n    check: " + check + "\n");

  CHECK(servers.at(0).check->send_proxy == begins);
}

TEST_CASE("servers that do not change what a check says share it", "[conf]") {
  std::string text;
  for (int i = 2; i <= 2000; ++i) {
    const auto address = fmt::format("10.0.{}.{}:80", i / 250, i % 250);
    text += i % 2 == 0 ? fmt::format("      s{}: {}\n", i, address)
                       : fmt::format("      s{}: {{address: \"{}\", check: {{port: {}}}}}\n", i,
                                     address, i);
  }
  const auto servers = servers_of("    check: {http: {path: /ready}}\n", text);

  REQUIRE(servers.size() == 2000);
  for (const Server& server : servers) {
    if (server.check->dialog != servers[0].check->dialog) FAIL(server.name);
  }
  CHECK(servers.at(2).check->port == 3);
}

TEST_CASE("a server's check is the backend's, and that of server_defaults, key by key", "[conf]") {
  const auto servers = servers_of(
      "    check: {http: {path: /ready}, interval: 5s, rise: 4, port: 8008}\n"
      "    server_defaults: {check: {rise: 5, fall: 6}}\n",
      "      s2: {address: \"10.0.0.2:80\", check: {fall: 7}}\n"
      "      s3: {address: \"10.0.0.3:80\", check: redis}\n"
      "      s4: {address: \"10.0.0.4:80\", check: {mysql: {user: me}, port: 3306}}\n"
      "      s5: {address: \"10.0.0.5:80\", check: none}\n"
      "      s6: {address: \"10.0.0.6:80\", check: true}\n");
  const auto numbers = [&](std::size_t index) {
    const Check& check = *servers.at(index).check;
    return std::vector<std::uint32_t>{check.rise, check.fall, check.port.value_or(0)};
  };
  using Numbers = std::vector<std::uint32_t>;

  CHECK(numbers(0) == Numbers{5, 6, 8008});
  CHECK(numbers(1) == Numbers{5, 7, 8008});
  CHECK(servers[1].check->dialog->kind == CheckKind::kHttp);
  CHECK(servers[2].check->dialog->kind == CheckKind::kRedis);
  CHECK(servers[2].check->interval == seconds{5});
  CHECK(servers[3].check->dialog->user == "me");
  CHECK(numbers(3) == Numbers{5, 6, 3306});
  CHECK_FALSE(servers[4].check);
  CHECK(numbers(5) == Numbers{5, 6, 8008});
}

TEST_CASE("one server may be checked in a backend that is not, and all but one", "[conf]") {
  const auto one = servers_of("", "      s2: {address: \"10.0.0.2:80\", check: {interval: 3s}}\n");
  CHECK((!one.at(0).check && one.at(1).check->interval == seconds{3}));

  const auto defaults = servers_of("    check: redis\n    server_defaults: {check: false}\n",
                                   "      s2: {address: \"10.0.0.2:80\", check: yes}\n");
  CHECK((!defaults.at(0).check && defaults.at(1).check->dialog->kind == CheckKind::kRedis));
}

TEST_CASE("an HTTP check is HAProxy's request, and takes 2xx and 3xx for well", "[conf]") {
  const auto request = step_of<HttpRequest>("http", 0);
  CHECK((request.method == "OPTIONS" && request.path == "/" && request.version == "HTTP/1.0"));
  CHECK((request.headers.empty() && request.body.empty()));

  const auto expect = step_of<CheckExpect>("{http: {path: /x}}", 1);
  CHECK((expect.match == Match::kStatus && expect.statuses == Statuses{{200, 399}}));
  CHECK_FALSE(dialog_of("http").disable_on_404);
}

TEST_CASE("an HTTP check has its request", "[conf]") {
  const std::string check =
      "{http: {method: POST, path: \"/a?b=c\", version: HTTP/1.1, host: x, headers: {A: 1, b: "
      "\"c d\"}, body: \"x\\r\\n\", comment: why, disable_on_404: true}}";
  const auto request = step_of<HttpRequest>(check, 0);

  CHECK((request.method == "POST" && request.path == "/a?b=c" && request.version == "HTTP/1.1"));
  std::string headers;
  for (const auto& header : request.headers) headers += header.name + "=" + header.value + ";";
  CHECK(headers == "Host=x;A=1;b=c d;");
  CHECK((request.body == "x\r\n" && request.comment == "why"));
  CHECK(dialog_of(check).disable_on_404);
}

TEST_CASE("HTTP/1.1 without a host is told of", "[conf]") {
  const auto notes = [](const std::string& http) {
    return reading_of(file_with("", "    check: {http: {version: HTTP/1.1" + http + "}}\n")).notes;
  };

  REQUIRE(notes("").size() == 1);
  CHECK(to_string(notes("").at(0)) ==
        "lb.yaml:9: backends.app.check.http: HTTP/1.1 without a host, which servers may refuse: "
        "write host: the name of the site");
  CHECK(notes(", host: x").empty());
  CHECK(notes(", headers: {hOST: x}").empty());
}

TEST_CASE("an HTTP answer is expected by status, by body, or by several of them", "[conf]") {
  CHECK(http_expected_by("{status: 200}").statuses == Statuses{{200, 200}});
  CHECK(http_expected_by("{status: [100-599, 401]}").statuses == Statuses{{100, 599}, {401, 401}});
  CHECK(http_expected_by("{status: 200}").error_status == std::nullopt);
  CHECK(http_expected_by("{status_regex: \"^2\"}").match == Match::kStatusRegex);
  CHECK(http_expected_by("{body: ok}").match == Match::kBody);

  const auto body = http_expected_by(
      "[{body_regex: \"^o.\", not: yes, comment: c, ok_status: L7OKC, error_status: L6RSP, "
      "timeout_status: L4TOUT}]");
  CHECK((body.match == Match::kBodyRegex && body.pattern == "^o." && body.negated));
  CHECK((body.comment == "c" && body.ok_status == CheckStatus::kL7Conditional));
  CHECK((body.error_status == CheckStatus::kL6Invalid &&
         body.timeout_status == CheckStatus::kL4Timeout));
  CHECK(dialog_of("{http: {expect: [{body: a}, {status: 204}]}}").steps.size() == 3);
}

TEST_CASE("a script has its steps in order, each with its comment", "[conf]") {
  const std::string script =
      "{script: [{connect: {port: 1, address: 10.0.0.9, send_proxy: true}, comment: a}, {send: "
      "\"PING\\r\\n\", comment: b}, {send_binary: \"00fF\"}, {comment: d, expect: \"+PONG\"}, "
      "{connect: {}}]}";
  const auto connect = step_of<CheckConnect>(script, 0);
  const auto text = step_of<CheckSend>(script, 1);
  const auto binary = step_of<CheckSend>(script, 2);
  const auto expect = step_of<CheckExpect>(script, 3);

  CHECK((connect.port == 1 && host_of(*connect.address) == "10.0.0.9" && connect.send_proxy));
  CHECK((connect.comment == "a" && text.comment == "b" && expect.comment == "d"));
  CHECK(text.bytes == "PING\r\n");
  CHECK(binary.bytes == std::string("\0\xff", 2));
  CHECK((expect.match == Match::kString && expect.pattern == "+PONG"));
  CHECK_FALSE(step_of<CheckConnect>(script, 4).port);
  CHECK(dialog_of("{script: {send: x}}").steps.size() == 1);
}

TEST_CASE("a script expects text, bytes, or a regular expression over either", "[conf]") {
  CHECK(expected_by("{string: \"a\\r\\nb\"}").pattern == "a\r\nb");
  CHECK(expected_by("{binary: ca00fe}").pattern == std::string("\xca\0\xfe", 3));
  CHECK(expected_by("{binary: cafe}").match == Match::kBinary);
  CHECK(expected_by("{binary_regex: \"^CA\"}").match == Match::kBinaryRegex);

  const auto regex = expected_by(
      "{regex: \"(?<!not )ready$\", not: true, min_recv: 16384, ok_status: L4OK, error_status: "
      "L4CON, timeout_status: L6TOUT}");
  CHECK((regex.match == Match::kRegex && regex.negated && regex.min_recv == 16384));
  CHECK((regex.ok_status == CheckStatus::kL4Ok &&
         regex.error_status == CheckStatus::kL4Connection &&
         regex.timeout_status == CheckStatus::kL6Timeout));
}

TEST_CASE("checks of databases and mail have their names", "[conf]") {
  CHECK(dialog_of("{mysql: {user: haproxy, pre_41: true}}").mysql_pre_41);
  CHECK(dialog_of("{mysql: {}}").user.empty());
  CHECK(dialog_of("{postgres: {user: \"a b\"}}").user == "a b");
  CHECK(dialog_of("{postgres: {user: me}}").kind == CheckKind::kPostgres);
  CHECK(dialog_of("{smtp: {hello: EHLO lb}}").hello == "EHLO lb");
}

TEST_CASE("an agent is the backend's, key by key", "[conf]") {
  const auto servers = servers_of(
      "    agent: {interval: 5s, send: \"a\\n\"}\n    server_defaults: {agent: {port: 9001}}\n",
      "      s2: {address: \"10.0.0.2:80\", agent: {port: 9002, address: 10.0.0.9}}\n"
      "      s3: {address: \"10.0.0.3:80\", agent: none}\n");

  const AgentCheck& first = *servers.at(0).agent;
  CHECK((first.port == 9001 && first.interval == seconds{5} && first.send == "a\n"));
  const AgentCheck& second = *servers.at(1).agent;
  CHECK((second.port == 9002 && host_of(*second.address) == "10.0.0.9" && second.send == "a\n"));
  CHECK_FALSE(servers.at(2).agent);
}

}  // namespace
}  // namespace conf::test
