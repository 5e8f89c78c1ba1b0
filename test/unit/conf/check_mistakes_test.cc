#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using Lines = std::vector<std::string>;

struct Case {
  std::string text;
  std::string wrong;
};

const std::string kWords = "tcp, tls-hello, http, redis, mysql, ldap, mqtt or smtp";
const std::string kOrWords =
    "none, true, " + kWords + ", or a mapping such as {kind: redis, interval: 5s}";

TEST_CASE("a wrong check is told with its place and what would be right", "[conf]") {
  const auto [text, wrong] = GENERATE_COPY(values<Case>({
      {"maybe", ": must be " + kOrWords + ", is \"maybe\""},
      {"redi", ": must be " + kOrWords + ", is \"redi\": did you mean \"redis\"?"},
      {"[tcp]", ": must be " + kOrWords + ", is a list"},
      {"postgres", ": must be " + kOrWords +
                       ", is \"postgres\": it needs a user, write postgres: {user: haproxy}"},
      {"script", ": must be " + kOrWords +
                     ", is \"script\": it needs steps, write script: [{send: \"PING\\r\\n\"}]"},
      {"{kind: x}", ".kind: must be " + kWords + ", is \"x\""},
      {"{kind: redis, http: {}}", ": has both kind and http: keep one"},
      {"{mysql: {}, smtp: {}}", ": has both mysql and smtp: keep one"},
      {"{inter: 5s}", ".inter: is no known key: did you mean \"interval\"?"},
      {"{http_check: 5s}",
       ".http_check: is no known key: known here are kind, http, script, mysql, postgres, smtp, "
       "interval, fast_interval, down_interval, rise, fall, timeout, port, address, send_proxy, "
       "init_state"},
      {"{interval: 0}", ".interval: must be a duration from 1ms to 24d, is \"0\""},
      {"{interval: infinite}", ".interval: must be a duration from 1ms to 24d, is \"infinite\""},
      {"{fast_interval: 5}", ".fast_interval: must be a duration from 1ms to 24d, is \"5\""},
      {"{down_interval: 25d}", ".down_interval: must be a duration from 1ms to 24d, is \"25d\""},
      {"{timeout: 0}", ".timeout: must be a duration from 1ms to 24d, is \"0\""},
      {"{rise: 0}", ".rise: must be a number from 1 to 1000, is \"0\""},
      {"{fall: 1001}", ".fall: must be a number from 1 to 1000, is \"1001\""},
      {"{port: 0}", ".port: must be a number from 1 to 65535, is \"0\""},
      {"{address: \"10.0.0.1:80\"}",
       ".address: must be an address without a port such as 10.0.0.9, is \"10.0.0.1:80\""},
      {"{send_proxy: v1}", ".send_proxy: must be true or false, is \"v1\""},
      {"{init_state: none}", ".init_state: must be up, fully-up, down or fully-down, is \"none\""},
      {"{mysql: {pre_41: true}}",
       ".mysql.pre_41: is how a user is told: write a user, or leave it out"},
      {"{mysql: {user: \"a\\x01b\"}}",
       ".mysql.user: must be 1 to 255 bytes without control characters, is \"a?b\""},
      {"{postgres: {}}", ".postgres: has no user: write user: haproxy"},
      {"{postgres: {user: \"\"}}",
       ".postgres.user: must be 1 to 255 bytes without control characters, is \"\""},
      {"{smtp: {hello: lb}}",
       ".smtp.hello: must be HELO or EHLO and a name, such as \"EHLO lb.internal\", is \"lb\""},
      {"{smtp: {hello: \"HELO a b\"}}",
       ".smtp.hello: must be HELO or EHLO and a name, such as \"EHLO lb.internal\", is \"HELO a "
       "b\""},
      {"{smtp: {hello: \"EHLO a\\r\\nRCPT TO:<x>\"}}",
       ".smtp.hello: must be 1 to 255 bytes without control characters, is \"EHLO a??RCPT "
       "TO:<x>\""},
  }));

  CHECK(mistakes_of(file_with("", "    check: " + text + "\n")) ==
        Lines{"lb.yaml:9: backends.app.check" + wrong});
}

TEST_CASE("what would smuggle into a request, or break it, is told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"method: \"GET /x\"",
       "method: must be a word of 1 to 64 letters, digits or -, is \"GET /x\""},
      {"path: \"/a b\"",
       "path: must be 1 to 16384 bytes without spaces and control characters, is \"/a b\""},
      {"path: \"/ HTTP/1.1\\r\\nX: y\"",
       "path: must be 1 to 16384 bytes without spaces and control characters, is \"/ HTTP/1.1??X: "
       "y\""},
      {"version: HTTP/2", "version: must be HTTP/1.0 or HTTP/1.1, is \"HTTP/2\""},
      {"version: \"HTTP/1.1\\r\\nHost: x\"",
       "version: must be HTTP/1.0 or HTTP/1.1, is \"HTTP/1.1??Host: x\""},
      {"host: \"a\\nb\"",
       "host: must be 1 to 16384 bytes without spaces and control characters, is \"a?b\""},
      {"headers: {A: \"b\\r\\nC: d\"}",
       "headers.A: must be 1 to 255 bytes without control characters, is \"b??C: d\""},
      {"headers: {\"A: b\\r\\nC\": d}",
       "headers.A: b??C: is named \"A: b??C\": a header's name has 1 to 64 letters, digits or -"},
      {"headers: {content-Length: 5}",
       "headers.content-Length: is written by the check itself: leave it out"},
      {"headers: {Connection: close}",
       "headers.Connection: is written by the check itself: leave it out"},
      {"headers: {transfer-encoding: chunked}",
       "headers.transfer-encoding: is written by the check itself: leave it out"},
      {"headers: {A: b, a: c}", "headers.a: is given twice: keep one"},
      {"host: x, headers: {HOST: y}", "headers.HOST: is given twice: keep one"},
      {"headers: [a]", "headers: must be a mapping of names to values, is a list"},
      {"body: \"\"", "body: must be a text of 1 to 16384 bytes, is \"\""},
      {"comment: \"a\\nb\"",
       "comment: must be 1 to 255 bytes without control characters, is \"a?b\""},
      {"disable_on_404: 1", "disable_on_404: must be true or false, is \"1\""},
      {"expect: 200",
       "expect: must be a mapping of status, status_regex, body, body_regex, not, comment, "
       "ok_status, error_status, timeout_status, is \"200\""},
      {"expect: []", "expect: expects nothing: leave it out for status: 200-399"},
      {"expect: {not: true}",
       "expect: has none of status, status_regex, body, body_regex: write one"},
      {"expect: {status: 200, body: x}", "expect: has both status and body: keep one"},
      {"expect: {status: 99}",
       "expect.status: must be a status from 100 to 599, or two such as 200-299, is \"99\""},
      {"expect: {status: 200-600}",
       "expect.status: must be a status from 100 to 599, or two such as 200-299, is \"200-600\""},
      {"expect: {status: [200, 300-299]}",
       "expect.status[1]: must be a status from 100 to 599, or two such as 200-299, is "
       "\"300-299\""},
      {"expect: {status: 200-}",
       "expect.status: must be a status from 100 to 599, or two such as 200-299, is \"200-\""},
      {"expect: {status: []}",
       "expect.status: names no status: write a status from 100 to 599, or two such as 200-299"},
      {"expect: {body_regex: \"(a\"}",
       "expect.body_regex: is no regular expression: missing closing parenthesis at character 3, "
       "in \"(a\""},
  }));

  CHECK(mistakes_of(file_with("", "    check: {http: {" + text + "}}\n")) ==
        Lines{"lb.yaml:9: backends.app.check.http." + wrong});
}

TEST_CASE("a wrong script is told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"[]", ": has no step: write one such as send: \"PING\\r\\n\""},
      {"[PING]",
       "[0]: must be a mapping of connect, send, send_binary, expect, comment, is "
       "\"PING\""},
      {"[{send: x}, {sent: y}]", "[1].sent: is no known key: did you mean \"send\"?"},
      {"[{comment: x}]", "[0]: has none of connect, send, send_binary, expect: write one"},
      {"[{sent: x}]", "[0].sent: is no known key: did you mean \"send\"?"},
      {"[{send: x, expect: y}]", "[0]: has both send and expect: keep one"},
      {"[{send: x}, {connect: {}}]",
       ": connects later, but not first: begin with a connect, {} for the server itself"},
      {"[{connect: 80}]", "[0].connect: must be a mapping of port, address, send_proxy, is \"80\""},
      {"[{connect: {port: 70000}}]",
       "[0].connect.port: must be a number from 1 to 65535, is \"70000\""},
      {"[{send: \"\"}]", "[0].send: must be a text of 1 to 16384 bytes, is \"\""},
      {"[{send_binary: abc}]",
       "[0].send_binary: must be pairs of hexadecimal digits such as \"0d0a\", of at most 16384 "
       "bytes, is \"abc\""},
      {"[{send_binary: 0g}]",
       "[0].send_binary: must be pairs of hexadecimal digits such as \"0d0a\", of at most 16384 "
       "bytes, is \"0g\""},
      {"[{send: x, comment: \"a\\nb\"}]",
       "[0].comment: must be 1 to 255 bytes without control characters, is \"a?b\""},
      {"[{expect: {}}]", "[0].expect: has none of string, regex, binary, binary_regex: write one"},
      {"[{expect: {string: a, regex: b}}]", "[0].expect: has both string and regex: keep one"},
      {"[{expect: {body: a}}]",
       "[0].expect.body: is no known key: known here are string, regex, binary, binary_regex, not, "
       "min_recv, ok_status, error_status, timeout_status"},
      {"[{expect: {regex: \"aaa\\n(\"}}]",
       "[0].expect.regex: is no regular expression: missing closing parenthesis at character 6, in "
       "\"aaa?(\""},
      {"[{expect: {string: a, min_recv: 16385}}]",
       "[0].expect.min_recv: must be a number from 0 to 16384, is \"16385\""},
      {"[{expect: {string: a, ok_status: L7STS}}]",
       "[0].expect.ok_status: must be L4OK, L6OK, L7OK or L7OKC, is \"L7STS\""},
      {"[{expect: {string: a, error_status: L7OK}}]",
       "[0].expect.error_status: must be L4CON, L6RSP, L7RSP or L7STS, is \"L7OK\""},
      {"[{expect: {string: a, timeout_status: L7OK}}]",
       "[0].expect.timeout_status: must be L4TOUT, L6TOUT or L7TOUT, is \"L7OK\""},
  }));

  CHECK(mistakes_of(file_with("", "    check: {script: " + text + "}\n")) ==
        Lines{"lb.yaml:9: backends.app.check.script" + wrong});
}

TEST_CASE("what is sent, expected and listed has a limit", "[conf]") {
  const auto mistakes = [](const std::string& check) {
    return mistakes_of(file_with("", "    check: " + check + "\n")).size();
  };
  const auto text = [](std::size_t size) { return std::string(size, 'a'); };
  const auto list = [](std::string_view item, std::size_t count) {
    std::string items;
    for (std::size_t i = 0; i < count; ++i) items += fmt::format("{}{}", i == 0 ? "" : ", ", item);
    return "[" + items + "]";
  };

  CHECK(mistakes("{script: {send: " + text(16384) + "}}") == 0);
  CHECK(mistakes("{script: {send: " + text(16385) + "}}") == 1);
  CHECK(mistakes("{script: {send_binary: " + text(32768) + "}}") == 0);
  CHECK(mistakes("{script: {send_binary: " + text(32770) + "}}") == 1);
  CHECK(mistakes("{script: {expect: " + text(16385) + "}}") == 1);
  CHECK(mistakes("{script: {expect: {regex: " + text(16385) + "}}}") == 1);
  CHECK(mistakes("{mysql: {user: " + text(256) + "}}") == 1);
  CHECK(mistakes("{script: " + list("{send: x}", 1000) + "}") == 0);
  CHECK(mistakes("{script: " + list("{send: x}", 1001) + "}") == 1);
  CHECK(mistakes("{http: {expect: " + list("{body: x}", 101) + "}}") == 1);
}

TEST_CASE("a wrong agent is told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"9001", "agent: must be none, true, or a mapping such as {port: 9001}, is \"9001\""},
      {"{port: 0}", "agent.port: must be a number from 1 to 65535, is \"0\""},
      {"{port: 1, interval: 0}", "agent.interval: must be a duration from 1ms to 24d, is \"0\""},
      {"{port: 1, address: lb}",
       "agent.address: must be an address without a port such as 10.0.0.9, is \"lb\""},
      {"{port: 1, rise: 2}",
       "agent.rise: is no known key: known here are port, address, interval, "
       "send"},
  }));
  const auto mistakes = mistakes_of(file_with("", "    agent: " + text + "\n"));

  REQUIRE_FALSE(mistakes.empty());
  CHECK(mistakes.back() == "lb.yaml:9: backends.app." + wrong);
}

TEST_CASE("what a server's health asks of the server is told", "[conf]") {
  const std::string unix_server = "address: \"unix:/run/s\", ";
  const std::string ip_server = "address: \"10.0.0.2:80\", ";
  const std::string port =
      "is reached by a UNIX socket, but its check has a port and no address: "
      "give its check both, or neither";
  const auto [text, wrong] = GENERATE_COPY(values<Case>({
      {ip_server + "agent: {interval: 1s}",
       "has an agent without a port: write agent: {port: "
       "9001}"},
      {ip_server + "agent: true", "has an agent without a port: write agent: {port: 9001}"},
      {ip_server + "track: s1, check: tcp",
       "has both check and track: keep one, as app/s1 tells its health"},
      {ip_server + "observe: layer4, on_error: mark-down",
       "has an on_error that is for servers with a check: add one, or write on_error: eject"},
      {unix_server + "check: {port: 80}", port},
      {unix_server + "check: {address: 10.0.0.1}",
       "is reached by a UNIX socket, but its check has an address and no port: give its check "
       "both, or neither"},
      {unix_server + "check: {script: [{connect: {port: 80}}]}",
       "is reached by a UNIX socket, but a connect of its check has a port and no address: give a "
       "connect of its check both, or neither"},
      {unix_server + "agent: {port: 80}",
       "is reached by a UNIX socket, so that its agent needs an address: write agent: {address: "
       "127.0.0.1, port: 9001}"},
  }));
  const auto mistakes = mistakes_of(
      "frontends: {web: {bind: \"127.0.0.1:8080\", backend: app}}\nbackends:\n  app:\n    "
      "servers:\n"
      "      s1: {address: \"10.0.0.1:80\", check: tcp}\n      s2: {" +
      text + "}\n");

  CHECK(mistakes == Lines{"lb.yaml:6: backends.app.servers.s2: " + wrong});
}

TEST_CASE("a UNIX server is checked by its path, or elsewhere by address and port", "[conf]") {
  const auto mistakes = [](const std::string& check) {
    return mistakes_of(
        file_with("", "      s2: {address: \"unix:/run/s\", check: " + check + "}\n"));
  };

  CHECK(mistakes("tcp") == Lines{});
  CHECK(mistakes("{port: 80, address: 127.0.0.1}") == Lines{});
  CHECK(mistakes("{script: [{connect: {port: 80, address: 127.0.0.1}}, {connect: {}}]}") ==
        Lines{});
  CHECK(mistakes("{address: 127.0.0.1, port: 80, script: {connect: {port: 81}}}") == Lines{});
}

TEST_CASE("wrong words of what follows from health are told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"observe: layer7",
       "observe: must be none or layer4, is \"layer7\": did you mean "
       "\"layer4\"?"},
      {"observe: layer4, error_limit: 0",
       "error_limit: must be a number from 1 to 1000000, is \"0\""},
      {"observe: layer4, on_error: fail",
       "on_error: must be fastinter, fail-check, sudden-death, mark-down or eject, is \"fail\": "
       "did you mean \"fail-check\"?"},
      {"on_marked_down: shutdown-sessions",
       "on_marked_down: must be keep, shutdown_sessions or drain, is \"shutdown-sessions\": did "
       "you "
       "mean \"shutdown_sessions\"?"},
      {"on_marked_up: shutdown_sessions",
       "on_marked_up: must be keep or shutdown_backup_sessions, is \"shutdown_sessions\""},
  }));

  CHECK(mistakes_of(file_with("", "    server_defaults: {" + text + "}\n")) ==
        Lines{"lb.yaml:9: backends.app.server_defaults." + wrong});
}

TEST_CASE("wrong limits of a backend's health are told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"max_ejected: 0%", "9: backends.app.max_ejected: must be from 1% to 100%, is \"0%\""},
      {"max_ejected: 101%", "9: backends.app.max_ejected: must be from 1% to 100%, is \"101%\""},
      {"max_ejected: none", "9: backends.app.max_ejected: must be from 1% to 100%, is \"none\""},
      {"max_ejected: 30", "9: backends.app.max_ejected: has no unit: write 30% instead of \"30\""},
      {"ejection_time: 0",
       "9: backends.app.ejection_time: must be a duration from 1ms to 24d, is \"0\""},
      {"ejection_time: 6m",
       "6: backends.app.ejection_time: is 360000ms, more than longest_ejection, 300000ms: raise "
       "that as well"},
      {"longest_ejection: 1s",
       "6: backends.app.ejection_time: is 10000ms, more than longest_ejection, 1000ms: raise that "
       "as well"},
      {"slow_limit: infinite",
       "9: backends.app.slow_limit: must be a duration from 1ms to 24d, is \"infinite\""},
      {"log_health_checks: 2",
       "9: backends.app.log_health_checks: must be true or false, is "
       "\"2\""},
  }));

  CHECK(mistakes_of(file_with("", "    " + text + "\n")) == Lines{"lb.yaml:" + wrong});
}

}  // namespace
}  // namespace conf::test
