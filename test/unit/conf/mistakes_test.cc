#include <array>
#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using Lines = std::vector<std::string>;

struct Case {
  const char* text;   // further lines of a file
  const char* wrong;  // the mistake that they make
};

TEST_CASE("a wrong line of a frontend is told with its place and what would be right", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"maxcon: 5", "5: frontends.web.maxcon: is no known key: did you mean \"maxconn\"?"},
      {"frobnicate: 5",
       "5: frontends.web.frobnicate: is no known key: known here are bind, maxconn, allow, deny, "
       "max_per_source, rate_limit, rate_per_source, backend, timeouts, tcp, log"},
      {"maxconn: many",
       "5: frontends.web.maxconn: must be a number from 0 to 2147483647, is \"many\""},
      {"maxconn: -1", "5: frontends.web.maxconn: must be a number from 0 to 2147483647, is \"-1\""},
      {"maxconn: [1]",
       "5: frontends.web.maxconn: must be a number from 0 to 2147483647, is a list"},
      {"maxconn:", "5: frontends.web.maxconn: must be a number from 0 to 2147483647, is empty"},
      {"maxconn: {a: 1}",
       "5: frontends.web.maxconn: must be a number from 0 to 2147483647, is a mapping"},
      {"maxconn: \"\"", "5: frontends.web.maxconn: must be a number from 0 to 2147483647, is \"\""},
      {"backend: b", "5: frontends.web.backend: is given twice, first on line 4: keep one"},
      {"timeouts: {client: 300}",
       "5: frontends.web.timeouts.client: has no unit: write 300ms or 300s instead of \"300\""},
      {"timeouts: {client: 0}",
       "5: frontends.web.timeouts.client: must be at least 1ms, is 0; say infinite for no limit"},
      {"timeouts: {client: 30d}",
       "5: frontends.web.timeouts.client: must be at most 24d, is \"30d\"; say infinite for no "
       "limit"},
      {"timeouts: 5s",
       "5: frontends.web.timeouts: must be a mapping of client, client_hs, client_fin, is \"5s\""},
      {"timeouts: {server: 5s}",
       "5: frontends.web.timeouts.server: is no known key: known here are client, client_hs, "
       "client_fin"},
      {"rate_limit: 60/m",
       "5: frontends.web.rate_limit: must be none or from 1/s to 1000000/s, is \"60/m\""},
      {"rate_limit: 1000001/s",
       "5: frontends.web.rate_limit: must be none or from 1/s to 1000000/s, is \"1000001/s\""},
      {"rate_per_source: 0/s",
       "5: frontends.web.rate_per_source: must be none or from 1/s to 1000000/s, is \"0/s\""},
      {"rate_per_source: 10",
       "5: frontends.web.rate_per_source: has no unit: write 10/s instead of \"10\""},
      {"tcp: {nodelay: maybe}",
       "5: frontends.web.tcp.nodelay: must be true or false, is \"maybe\""},
      {"allow: 10.0.0.1/8",
       "5: frontends.web.allow: must be a network whose bits after the prefix are zero, such as "
       "10.0.0.0/8, is \"10.0.0.1/8\""},
      {"deny: [10.0.0.0/8, lan]",
       "5: frontends.web.deny[1]: must be an address or a network such as 10.0.0.0/8 or "
       "2001:db8::/32, is \"lan\""},
      {"allow: file:/nowhere",
       "5: frontends.web.allow: \"/nowhere\" cannot be read: No such file or directory"},
      {"allow: []",
       "5: frontends.web.allow: holds no network: add one, or leave allow out to let everybody in"},
      {"maxconn: ${NONE}",
       "5: frontends.web.maxconn: the environment variable NONE is not set: set it or write "
       "${NONE:-default}"},
      {"maxconn: ${1X}",
       "5: frontends.web.maxconn: \"${1X}\" names no variable: letters, digits and _ are right, as "
       "in "
       "${VAR} or ${VAR:-default}"},
      {"maxconn: ${NONE", "5: frontends.web.maxconn: \"${NONE\" has no closing brace"},
      {"maxconn: ${NONE:-}",
       "5: frontends.web.maxconn: must be a number from 0 to 2147483647, is \"${NONE:-}\", which "
       "is "
       "empty"},
  }));

  CHECK(mistakes_of(file_with("    " + std::string(text) + "\n")) ==
        Lines{std::string("lb.yaml:") + wrong});
}

TEST_CASE("a wrong bind is told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"localhost:80",
       ": must be an address and a port such as \"0.0.0.0:80\" or \"[::]:80\", or \"unix:/path\", "
       "is "
       "\"localhost:80\""},
      {"[]", ": lists no address: write one such as \"0.0.0.0:80\""},
      {"{backlog: 5}", ": has no address: write address: \"0.0.0.0:80\""},
      {"{address: \"*:80\", backlog: 0}", ".backlog: must be a number from 1 to 65535, is \"0\""},
      {"{address: \"unix:/a\", mode: \"0999\"}",
       ".mode: must be octal permissions such as \"0660\", is \"0999\""},
      {"{address: \"*:80\", v6only: true}",
       ": is v6only, which only IPv6 addresses can be: leave it out"},
      {"{address: \"*:80\", accept_proxy: maybe}",
       ".accept_proxy: must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32, is "
       "\"maybe\""},
      {"{address: \"*:80\", accept_proxy: []}",
       ".accept_proxy: holds no network: add one, or write true to expect the header of everybody"},
      {"{address: \"unix:/a\", accept_proxy: 10.0.0.0/8}",
       ": cannot tell UNIX clients by their network: write accept_proxy: true"},
      {"[\"*:80\", {adress: \"*:81\"}]", nullptr},
  }));
  const std::string file = "frontends:\n  web:\n    backend: app\n    bind: " + std::string(text) +
                           "\nbackends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\n";

  if (wrong != nullptr) {
    CHECK(mistakes_of(file) == Lines{std::string("lb.yaml:4: frontends.web.bind") + wrong});
  } else {
    CHECK(
        mistakes_of(file) ==
        Lines{
            "lb.yaml:4: frontends.web.bind[1]: has no address: write address: \"0.0.0.0:80\"",
            "lb.yaml:4: frontends.web.bind[1].adress: is no known key: did you mean \"address\"?"});
  }
}

TEST_CASE("a wrong line of a backend is told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"all_backups: 1", "9: backends.app.all_backups: must be true or false, is \"1\""},
      {"fullconn: 0",
       "9: backends.app.fullconn: must be auto or a number from 1 to 2147483647, is \"0\""},
      {"redispatch: 101",
       "9: backends.app.redispatch: must be a number from -100 to 100, is \"101\""},
      {"redispatch: -0",
       "9: backends.app.redispatch: must be a number from -100 to 100, is \"-0\""},
      {"redispatch: true",
       "9: backends.app.redispatch: must be a number from -100 to 100, is \"true\""},
      {"retry_budget: 20",
       "9: backends.app.retry_budget: has no unit: write 20% instead of \"20\""},
      {"retry_budget: 1001%",
       "9: backends.app.retry_budget: must be none or from 1% to 1000%, is \"1001%\""},
      {"source: 10.0.0.1:80",
       "9: backends.app.source: must be an address without a port such as 10.0.0.9, is "
       "\"10.0.0.1:80\""},
      {"source: \"::1\"",
       "8: backends.app.servers.s1: 10.0.0.1:80 cannot be reached from any address in source: add "
       "one "
       "of its family"},
      {"retries: 101", "9: backends.app.retries: must be a number from 0 to 100, is \"101\""},
      {"abort_on_close: 1", "9: backends.app.abort_on_close: must be true or false, is \"1\""},
      {"server_defaults: {weight: 257}",
       "9: backends.app.server_defaults.weight: must be a number from 0 to 256, is \"257\""},
      {"timeouts: {client: 5s}",
       "9: backends.app.timeouts.client: is no known key: known here are connect, server, queue, "
       "server_fin"},
  }));

  CHECK(mistakes_of(file_with("", "    " + std::string(text) + "\n")) ==
        Lines{std::string("lb.yaml:") + wrong});
}

TEST_CASE("a wrong server is told", "[conf]") {
  const std::string address =
      "must be an address or a name and a port such as \"10.0.0.1:80\" or \"db.internal:80\", or "
      "\"unix:/path\", is ";
  const auto [text, wrong] = GENERATE_COPY(values<std::pair<std::string, std::string>>({
      {"s2: 10.0.0.2", "s2: " + address + "\"10.0.0.2\""},
      {"s2: 10.0.0.256:80", "s2: " + address + "\"10.0.0.256:80\""},
      {"s2: 10.0.0.2:99999", "s2: " + address + "\"10.0.0.2:99999\""},
      {"s2: [a]", "s2: " + address.substr(0, address.size() - 5) + ", is a list"},
      {"s2: 10.0.0.2:0", "s2: must have a port from 1 to 65535, is \"10.0.0.2:0\""},
      {"s2: db.internal:0", "s2: must have a port from 1 to 65535, is \"db.internal:0\""},
      {"s2: gone:80",
       "s2: \"gone\" has no address: Name or service not known; say init_addr: none to start "
       "without "
       "one"},
      {"s2: {weight: 1}", "s2: has no address: write address: \"10.0.0.1:80\""},
      {"s2: {address: \"10.0.0.2:80\", init_addr: last}",
       "s2.init_addr: must be libc or none, is \"last\""},
      {"s2: {address: \"10.0.0.2:80\", id: 0}",
       "s2.id: must be a number from 1 to 2147483647, is \"0\""},
      {"s2: {address: \"10.0.0.2:80\", port: 80}",
       "s2.port: is no known key: known here are init_addr, address, weight, maxconn, minconn, "
       "maxqueue, slow_start, slow_start_at_start, backup, disabled, send_proxy, track, check, "
       "agent, observe, error_limit, on_error, on_marked_down, on_marked_up, id"},
      {"s2: {address: \"10.0.0.2:80\", send_proxy: v3}",
       "s2.send_proxy: must be v1 or v2, is \"v3\": did you mean \"v1\"?"},
      {"s2: {address: \"10.0.0.2:80\", send_proxy: {options: crc32c}}",
       "s2.send_proxy: has no version: write version: v2"},
      {"s2: {address: \"10.0.0.2:80\", send_proxy: {version: v2, options: ssl}}",
       "s2.send_proxy.options: must be crc32c, unique-id or authority, is \"ssl\""},
      {"s2: {address: \"10.0.0.2:80\", send_proxy: {version: v1, options: crc32c}}",
       "s2.send_proxy.options: are of version 2: write version: v2"},
      {"\"s 2\": 10.0.0.2:80",
       "s 2: is named \"s 2\": a name has 1 to 255 letters, digits, - _ . or :"},
      {"s1: 10.0.0.2:80", "s1: is given twice, first on line 8: keep one"},
  }));

  CHECK(mistakes_of(file_with("", "      " + text + "\n")) ==
        Lines{"lb.yaml:9: backends.app.servers." + wrong});
}

TEST_CASE("two servers with one id are told", "[conf]") {
  CHECK(
      mistakes_of(file_with("",
                            "      s2: {address: \"10.0.0.2:80\", id: 5}\n"
                            "      s3: {address: \"10.0.0.3:80\", id: 5}\n")) ==
      Lines{
          "lb.yaml:10: backends.app.servers.s3: has the id 5 of server \"s2\": give each its own"});
}

TEST_CASE("a backend without servers is told", "[conf]") {
  const std::string frontend = "frontends: {web: {bind: \"*:80\", backend: app}}\n";

  CHECK(mistakes_of(frontend + "backends:\n  app: {}\n") ==
        Lines{"lb.yaml:3: backends.app: has no servers: write servers: {s1: \"10.0.0.1:80\"}"});
  CHECK(
      mistakes_of(frontend + "backends:\n  app: {servers: {}}\n") ==
      Lines{
          "lb.yaml:3: backends.app.servers: holds no server: add one such as s1: \"10.0.0.1:80\""});
}

TEST_CASE("a backend that does not exist is told, with the one that was meant", "[conf]") {
  const std::string backends = "backends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\n";

  CHECK(
      mistakes_of("frontends:\n  web:\n    bind: \"*:80\"\n    backend: ap\n" + backends) ==
      Lines{"lb.yaml:4: frontends.web.backend: there is no backend \"ap\": did you mean \"app\"?"});
  CHECK(mistakes_of("frontends: {web: {bind: \"*:80\", backend: other}}\n" + backends) ==
        Lines{"lb.yaml:1: frontends.web.backend: there is no backend \"other\": define it under "
              "backends"});
}

TEST_CASE("a wrong moment to log a session is told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"at: middle", "at: must be start, end, or how often in between, such as 1h, is \"middle\""},
      {"at: []", "at: names no moment: leave it out for end alone"},
      {"at: [start, end, start]", "at[2]: is a second one of its kind: keep one"},
      {"at: [1h, 2h]", "at[1]: is a second one of its kind: keep one"},
      {"asap: true, at: [start, end]", "at: asap is at: [start] in HAProxy's word: keep one"},
      {"at: 999ms", "at: must be from 1s to 24d, is \"999ms\""},
      {"at: [infinite]", "at[0]: must be from 1s to 24d, is \"infinite\""},
      {"logasap: true",
       "logasap: is no known key: known here are dontlognull, separate_errors, asap, at"},
  }));
  CHECK(mistakes_of(file_with("    log: {" + std::string(text) + "}\n")) ==
        Lines{std::string("lb.yaml:5: frontends.web.log.") + wrong});
}

TEST_CASE("a wrong global is told", "[conf]") {
  const auto [text, wrong] = GENERATE(values<Case>({
      {"threads: 65", "threads: must be auto or a number from 1 to 64, is \"65\""},
      {"busy_poll: 50", "busy_poll: has no unit: write 50us or 50ms instead of \"50\""},
      {"busy_poll: infinite",
       "busy_poll: must be a whole number and one unit (us, ms, s, m, h, d) such as 50us, is "
       "\"infinite\""},
      {"busy_poll: 11ms", "busy_poll: must be at most 10000us, is \"11ms\""},
      {"maxconn: 0", "maxconn: must be auto or a number from 1 to 2147483647, is \"0\""},
      {"user: ghost", "user: there is no user \"ghost\": name one that this machine has"},
      {"group: ghosts", "group: there is no group \"ghosts\": name one that this machine has"},
      {"state_file: state", "state_file: must be the absolute path of a file, is \"state\""},
      {"state_file: /var/lib/",
       "state_file: must be the absolute path of a file, is \"/var/lib/\""},
      {"log: t.log",
       "log: must be stdout, stderr, none, the absolute path of a file, \"udp://host:514\", "
       "/dev/log "
       "or \"unix:/path\", is \"t.log\""},
      {"log: \"udp://127.0.0.1:0\"",
       "log: must have a port from 1 to 65535, is \"udp://127.0.0.1:0\""},
      {"log: \"udp://10.0.0:514\"",
       "log: must name a machine or its address, such as \"udp://192.0.2.1:514\" or "
       "\"udp://[2001:db8::1]\", has \"10.0.0\""},
      {"log: \"udp://\"",
       "log: must name a machine or its address, such as \"udp://192.0.2.1:514\" or "
       "\"udp://[2001:db8::1]\", has \"\""},
      {"log: \"udp://nobody.internal\"",
       "log: \"nobody.internal\" has no address: Name or service not known; write the address "
       "itself"},
      {"log: \"udp://2001:db8::7\"",
       "log: write an IPv6 address in brackets: udp://[2001:db8::7], is \"udp://2001:db8::7\""},
      {"log: {to: \"/dev/log local0\"}",
       "log.to: must be one word, is \"/dev/log local0\": facility, level, len and format are keys "
       "of a mapping: {to: /dev/log, facility: local0}"},
      {"log: \"unix:log\"",
       "log: must be the absolute path of a socket, such as \"unix:/dev/log\", is \"unix:log\""},
      {"log: {to: /dev/log, format: rfc5424}",
       "log.format: must be tcplog or json, is \"rfc5424\": write frame: rfc5424"},
      {"log: {to: /dev/log, frame: syslog}",
       "log.frame: must be raw, local, rfc3164, rfc5424, priority, short, timed or iso, is "
       "\"syslog\""},
      {"log: {to: /dev/log, level: error}",
       "log.level: must be emerg, alert, crit, err, warning, notice, info or debug, is \"error\": "
       "did "
       "you mean \"err\"?"},
      {"log: {to: /dev/log, level: warn}",
       "log.level: must be emerg, alert, crit, err, warning, notice, info or debug, is \"warn\": "
       "did "
       "you mean \"warning\"?"},
      {"log: {to: /dev/log, tag: \"a b\"}",
       "log.tag: must be 1 to 48 visible characters without a space, is \"a b\""},
      {"log: {to: stdout, tag: edge}",
       "log.tag: is not printed by frame raw: leave it out, or write frame: local, rfc3164 or "
       "rfc5424"},
      {"log: {to: /dev/log, frame: local, hostname: auto}",
       "log.hostname: is not printed by frame local: leave it out, or write frame: rfc3164 or "
       "rfc5424"},
      {"log: {to: /dev/log, frame: short, facility: daemon}",
       "log.facility: is not printed by frame short: leave it out, or write frame: local, rfc3164, "
       "rfc5424 or priority"},
      {"log: {to: stderr, frame: iso, min_level: err}",
       "log.min_level: is not printed by frame iso: leave it out, or write frame: local, rfc3164, "
       "rfc5424, priority, short or timed"},
      {"log: {to: /dev/log, level: err, min_level: info}",
       "log.min_level: is less severe than level err, so that no line would keep its own: write "
       "err "
       "or what is more severe"},
      {"log: {to: /dev/log, len: 79}", "log.len: must be a number from 80 to 65535, is \"79\""},
      {"log: {to: /dev/log, sample: {ranges: \"1\"}}", "log.sample: has no of: write of: 10"},
      {"log: {to: /dev/log, sample: {ranges: \"3-2\", of: 9}}",
       "log.sample.ranges: must be numbers and ranges such as \"1\" or \"1,3-5\", is \"3-2\""},
      {"log: {to: /dev/log, sample: {ranges: \"1,\", of: 9}}",
       "log.sample.ranges: must be numbers and ranges such as \"1\" or \"1,3-5\", is \"1,\""},
      {"log: {to: /dev/log, sample: {ranges: \"3,1-4\", of: 9}}",
       "log.sample.ranges: has a number twice: \"3,1-4\""},
      {"log: {to: /dev/log, sample: {ranges: \"1-3\", of: 2}}",
       "log.sample: counts to 2, but its ranges reach 3: raise `of` or lower the ranges"},
      {"log: [none, stdout]", "log: lists none beside other targets: keep one or the other"},
      {"log: []", "log: lists no target: say none to log nothing"},
      {"log: {format: json}", "log: has no to: write to: stdout"},
      {"log: {to: stdout, format: xml}", "log.format: must be tcplog or json, is \"xml\""},
      {"stop: {deadline: soon}",
       "stop.deadline: must be a whole number and one unit (us, ms, s, m, h, d) such as 250ms, or "
       "infinite, is \"soon\""},
  }));

  CHECK(mistakes_of("global:\n  " + std::string(text) + "\n" + file_with("")) ==
        Lines{std::string("lb.yaml:2: global.") + wrong});
}

TEST_CASE("a syslog daemon in HAProxy's spelling is told ours", "[conf]") {
  const auto [haproxys, ours] = GENERATE(table<std::string, std::string>({
      {"192.0.2.7:514", "udp://192.0.2.7:514"},
      {"192.0.2.7", "udp://192.0.2.7"},
      {"[2001:db8::7]:514", "udp://[2001:db8::7]:514"},
      {"2001:db8::7", "udp://[2001:db8::7]"},
      {"logs.internal:514", "udp://logs.internal:514"},
  }));
  const auto mistakes = mistakes_of("global: {log: \"" + haproxys + "\"}\n" + file_with(""));

  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].ends_with(", is \"" + haproxys + "\": write " + ours));
}

TEST_CASE("mistakes of a list of networks have that file's name and lines", "[conf]") {
  auto source = machine();
  source.files["lb.yaml"] = file_with("    allow: [\"file:/etc/allow\"]\n");
  source.files["/etc/allow"] = "10.0.0.0/8\n\nlan # ours\n10.0.0.0/8 10.0.0.0/8\n";

  const std::string wrong =
      ": frontends.web.allow[0]: must be an address or a network such as 10.0.0.0/8 or "
      "2001:db8::/32, "
      "is ";
  CHECK(
      mistakes_in({"lb.yaml"}, source) ==
      Lines{
          "/etc/allow:3" + wrong + "\"lan\"",
          "/etc/allow:4: frontends.web.allow[0]: must be a network whose bits after the prefix are "
          "zero, such as 10.0.0.0/8, is \"10.0.0.0/8 10.0.0.0/8\""});
}

TEST_CASE("an allow file without a network does not let everybody in", "[conf]") {
  auto source = machine();
  source.files["lb.yaml"] = file_with("    allow: \"file:/etc/allow\"\n");
  source.files["/etc/allow"] = "# nobody yet\n";

  CHECK(
      mistakes_in({"lb.yaml"}, source) ==
      Lines{"lb.yaml:5: frontends.web.allow: holds no network: add one, or leave allow out to let "
            "everybody in"});
}

TEST_CASE("all mistakes of all files are told at once, by file and line", "[conf]") {
  auto source = machine();
  source.files["b.yaml"] = "backends:\n  app: {servers: {s1: 10.0.0.1}, retrys: 1}\nfoo: 1\n";
  source.files["a.yaml"] =
      "frontends:\n  web: {bind: \"*:80\", backend: nope, maxconn: x}\nglobal: {threads: 99}\n";

  Lines places;
  for (const auto& line : mistakes_in({"b.yaml", "a.yaml"}, source)) {
    places.push_back(line.substr(0, line.find(": ", line.find(": ") + 2)));
  }

  CHECK(places == Lines{"a.yaml:2: frontends.web.backend", "a.yaml:2: frontends.web.maxconn",
                        "a.yaml:3: global.threads", "b.yaml:2: backends.app.retrys",
                        "b.yaml:2: backends.app.servers.s1", "b.yaml:3: foo"});
}

}  // namespace
}  // namespace conf::test
