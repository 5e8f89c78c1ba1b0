#include "conf/read.h"

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_CASE("what a minimal file leaves out has its default", "[conf]") {
  const Config config = reading_of(file_with("")).config;

  CHECK(config.global.threads == 0);
  CHECK(config.global.busy_poll.count() == 0);
  CHECK(config.global.maxconn == 0);
  CHECK(config.global.user.empty());
  REQUIRE(config.global.logs.size() == 1);
  CHECK(config.global.logs[0].kind == LogTarget::Kind::kStdout);
  CHECK(config.global.logs[0].format == LogFormat::kTcplog);
  CHECK_FALSE(config.global.stop_deadline);

  const Frontend& web = config.frontends.at(0);
  CHECK(web.name == "web");
  CHECK(web.backend == "app");
  CHECK(to_string(web.binds.at(0).address) == "127.0.0.1:8080");
  CHECK(web.binds.at(0).backlog == 4096);
  CHECK(web.client_timeout == hours{1});
  CHECK_FALSE(web.client_fin_timeout);
  CHECK(web.tcp.user_timeout == minutes{2});
  CHECK((web.place.file == "lb.yaml" && web.place.line == 2));

  const Backend& app = config.backends.at(0);
  CHECK(app.connect_timeout == seconds{5});
  CHECK(app.server_timeout == hours{1});
  CHECK(app.queue_timeout == seconds{30});
  CHECK(app.balance == Balance{});
  CHECK_FALSE(app.all_backups);
  CHECK(app.fullconn == 0);
  CHECK((app.retries == 3 && app.redispatch == 1 && app.retry_budget == 0));
  CHECK(app.servers.at(0).id == 1);
  CHECK(app.servers.at(0).weight == 1);
  CHECK(app.servers.at(0).place.line == 8);
}

TEST_CASE("the PROXY protocol of binds and servers is read", "[conf]") {
  const Config config = reading_of(
                            "frontends:\n"
                            "  web:\n"
                            "    bind:\n"
                            "      - {address: \"*:81\", accept_proxy: true}\n"
                            "      - {address: \"*:82\", accept_proxy: [10.0.0.0/8, \"::1\"]}\n"
                            "      - {address: \"*:83\", accept_proxy: 192.0.2.7}\n"
                            "      - {address: \"*:84\", accept_proxy: false}\n"
                            "    backend: app\n"
                            "    timeouts: {client_hs: 1s}\n"
                            "backends:\n"
                            "  app:\n"
                            "    server_defaults: {send_proxy: v1}\n"
                            "    servers:\n"
                            "      s1: 10.0.0.1:80\n"
                            "      s2: {address: \"10.0.0.2:80\", send_proxy: none}\n"
                            "      s3: {address: \"10.0.0.3:80\", send_proxy: {version: v2, "
                            "options: [crc32c, authority]}}\n")
                            .config;

  const auto& binds = config.frontends.at(0).binds;
  CHECK(binds.at(0).accept_proxy.value().from.empty());
  CHECK(binds.at(1).accept_proxy.value().from.size() == 2);
  CHECK(binds.at(2).accept_proxy.value().from.at(0).prefix == 32);
  CHECK_FALSE(binds.at(3).accept_proxy);
  CHECK(config.frontends.at(0).client_hs_timeout == seconds{1});
  const auto& servers = config.backends.at(0).servers;
  CHECK(servers.at(0).send_proxy == SendProxy{});
  CHECK_FALSE(servers.at(1).send_proxy);
  CHECK(servers.at(2).send_proxy ==
        SendProxy{.version = SendProxy::Version::kV2, .crc32c = true, .authority = true});
}

TEST_CASE("global is read", "[conf]") {
  const Global global = reading_of(
                            "global:\n"
                            "  threads: 4\n"
                            "  busy_poll: 50us\n"
                            "  maxconn: 1000\n"
                            "  maxpipes: 100\n"
                            "  user: nobody\n"
                            "  group: nogroup\n"
                            "  log: [stderr, {to: /var/log/t.log, format: json}]\n"
                            "  state_file: /var/lib/tidegate/state\n"
                            "  stop: {deadline: 30s}\n" +
                            file_with(""))
                            .config.global;

  CHECK(global.threads == 4);
  CHECK(global.busy_poll == std::chrono::microseconds{50});
  CHECK(global.maxconn == 1000);
  CHECK(global.maxpipes == 100);
  CHECK(global.user == "nobody");
  CHECK(global.group == "nogroup");
  REQUIRE(global.logs.size() == 2);
  CHECK(global.logs[0].kind == LogTarget::Kind::kStderr);
  CHECK(global.logs[1].kind == LogTarget::Kind::kFile);
  CHECK(global.logs[1].path == "/var/log/t.log");
  CHECK(global.logs[1].format == LogFormat::kJson);
  CHECK(global.state_file == "/var/lib/tidegate/state");
  CHECK(global.stop_deadline == seconds{30});
}

TEST_CASE("a frontend and a backend override defaults key by key", "[conf]") {
  const Config config =
      reading_of(
          "defaults:\n"
          "  timeouts: {connect: 2s, client: 10m, server: 20m, client_fin: 1m, server_fin: 2m}\n"
          "  tcp: {nodelay: false, user_timeout: infinite}\n"
          "  retries: 1\n" +
          file_with("    timeouts: {client_fin: 5s}\n    tcp: {nodelay: true}\n",
                    "    timeouts: {connect: 1s}\n    tcp: {splice: off}\n    retries: 0\n"))
          .config;

  const Frontend& web = config.frontends.at(0);
  CHECK(web.client_timeout == minutes{10});
  CHECK(web.client_fin_timeout == seconds{5});
  CHECK(web.tcp.nodelay);
  CHECK(web.tcp.user_timeout == kInfinite);
  CHECK(web.tcp.splice);

  const Backend& app = config.backends.at(0);
  CHECK(app.connect_timeout == seconds{1});
  CHECK(app.server_timeout == minutes{20});
  CHECK(app.server_fin_timeout == minutes{2});
  CHECK_FALSE(app.tcp.nodelay);
  CHECK_FALSE(app.tcp.splice);
  CHECK(app.retries == 0);
}

TEST_CASE("redispatch and retry_budget are those of the backend, or else of defaults", "[conf]") {
  const std::string defaults = "defaults: {redispatch: -1, retry_budget: 20%}\n";

  const Backend plain = reading_of(defaults + file_with("")).config.backends.at(0);
  const Backend own =
      reading_of(defaults + file_with("", "    redispatch: 0\n    retry_budget: none\n"))
          .config.backends.at(0);

  CHECK((plain.redispatch == -1 && plain.retry_budget == 20));
  CHECK((own.redispatch == 0 && own.retry_budget == 0));
  CHECK(reading_of(file_with("", "    redispatch: 100\n")).config.backends.at(0).redispatch == 100);
}

TEST_CASE("a frontend has its rates", "[conf]") {
  const auto web = reading_of(file_with("    rate_limit: 1000/s\n    rate_per_source: 10/s\n"))
                       .config.frontends.at(0);

  CHECK((web.rate_limit == 1000 && web.rate_per_source == 10));
}

TEST_CASE("defaults hold for what stands above them, and in other files", "[conf]") {
  auto source = machine();
  source.files["a.yaml"] = file_with("");
  source.files["b.yaml"] = "defaults: {retries: 9}\n";

  const auto reading = read({"a.yaml", "b.yaml"}, source);

  REQUIRE(reading);
  CHECK(reading->config.backends.at(0).retries == 9);
}

TEST_CASE("idle sets client and server, which have the last word wherever they stand", "[conf]") {
  const Config both = reading_of("defaults: {timeouts: {idle: 6h}}\n" + file_with("")).config;
  CHECK(both.frontends[0].client_timeout == hours{6});
  CHECK(both.backends[0].server_timeout == hours{6});

  const Config one =
      reading_of("defaults: {timeouts: {client: 1m, idle: infinite}}\n" + file_with("")).config;
  CHECK(one.frontends[0].client_timeout == minutes{1});
  CHECK(one.backends[0].server_timeout == kInfinite);
}

LogTarget log_of(const std::string& target) {
  return reading_of(file_with("") + "global: {log: " + target + "}\n").config.global.logs.at(0);
}

TEST_CASE("a syslog daemon is reached by address, by name or by path", "[conf]") {
  const auto address = [](const std::string& target) { return to_string(log_of(target).address); };

  CHECK(log_of("/dev/log").kind == LogTarget::Kind::kSyslog);
  CHECK(address("/dev/log") == "unix:/dev/log");
  CHECK(address("\"unix:/run/log.sock\"") == "unix:/run/log.sock");
  CHECK(address("\"udp://192.0.2.7\"") == "192.0.2.7:514");
  CHECK(address("\"udp://192.0.2.7:5140\"") == "192.0.2.7:5140");
  CHECK(address("\"udp://[2001:db8::7]\"") == "[2001:db8::7]:514");
  CHECK(address("\"udp://[2001:db8::7]:5140\"") == "[2001:db8::7]:5140");
  CHECK(address("\"udp://db.internal\"") == "10.0.0.7:514");
}

TEST_CASE("frame and length of a log target follow what it is, unless given", "[conf]") {
  CHECK(log_of("stdout").frame == LogFrame::kRaw);
  CHECK(log_of("stdout").length == 0);
  CHECK(log_of("/dev/log").frame == LogFrame::kLocal);
  CHECK(log_of("/dev/log").length == 1024);
  CHECK(log_of("{to: /dev/log, hostname: lb1}").frame == LogFrame::kRfc3164);
  CHECK(log_of("{to: /var/log/t.log, format: json}").frame == LogFrame::kRaw);
  CHECK(log_of("{frame: iso, len: 80, to: /dev/log}").frame == LogFrame::kIso);
  CHECK(log_of("{frame: iso, len: 80, to: /dev/log}").length == 80);
}

TEST_CASE("a log target has its facility, names, levels and sample", "[conf]") {
  const LogTarget log = log_of(
      "{to: /dev/log, facility: local7, tag: edge, hostname: auto, level: err, min_level: crit, "
      "sample: {ranges: \"3-5,1\", of: 6}}");

  CHECK(log.facility == 23);
  CHECK(log.tag == "edge");
  CHECK(log.hostname == "auto");
  CHECK((log.level == LogLevel::kErr && log.min_level == LogLevel::kCrit));
  CHECK(log.sample.ranges == std::vector<LogSample::Range>{{1, 1}, {3, 5}});
  CHECK(log.sample.of == 6);
}

TEST_CASE("a target for errors that no session can have is noted", "[conf]") {
  const auto notes = [](const std::string& level, const std::string& log) {
    std::vector<std::string> lines;
    for (const auto& note : reading_of("global:\n  log:\n    - stdout\n    - {to: stderr, level: " +
                                       level + "}\n" + file_with("    log: {" + log + "}\n"))
                                .notes)
      lines.push_back(to_string(note));
    return lines;
  };

  CHECK(notes("err", "dontlognull: true") ==
        std::vector<std::string>{
            "lb.yaml:4: global.log: level err leaves out every session, as all are of level info: "
            "to have those that failed set separate_errors in the log of defaults or a frontend"});
  CHECK(notes("err", "separate_errors: true").empty());
  CHECK(notes("notice", "dontlognull: true").empty());
}

TEST_CASE("asap beside moments is no mistake where it is off", "[conf]") {
  CHECK(reading_of(file_with("    log: {asap: false, at: [start, end]}\n"))
            .config.frontends.at(0)
            .log.start);
}

TEST_CASE("a frontend logs as defaults say, key by key", "[conf]") {
  const auto log =
      reading_of(file_with("    log: {dontlognull: false, at: [start, 1h]}\n") +
                 "defaults: {log: {dontlognull: true, separate_errors: true, asap: true}}\n")
          .config.frontends.at(0)
          .log;

  CHECK((!log.dontlognull && log.separate_errors && log.asap));
  CHECK((log.start && !log.end && log.every == std::chrono::hours{1}));
  const SessionLog plain = reading_of(file_with("")).config.frontends.at(0).log;
  CHECK((!plain.dontlognull && !plain.separate_errors && !plain.asap));
  CHECK((!plain.start && plain.end && plain.every.count() == 0));
}

TEST_CASE("server_defaults hold for servers that do not say otherwise", "[conf]") {
  const auto servers =
      reading_of(
          "frontends: {web: {bind: \"*:80\", backend: app}}\n"
          "backends:\n"
          "  app:\n"
          "    servers:\n"
          "      s1: 10.0.0.1:80\n"
          "      s2: {address: \"10.0.0.2:80\", weight: 0, backup: no}\n"
          "    server_defaults: {weight: 7, maxconn: 9, backup: yes, disabled: on}\n")
          .config.backends.at(0)
          .servers;

  CHECK((servers[0].weight == 7 && servers[0].maxconn == 9));
  CHECK((servers[0].backup && servers[0].disabled));
  CHECK((servers[1].weight == 0 && servers[1].maxconn == 9));
  CHECK((!servers[1].backup && servers[1].disabled));
}

TEST_CASE("servers without an id get the lowest free ones in order", "[conf]") {
  const auto servers = reading_of(file_with("",
                                            "      s2: {address: \"10.0.0.2:80\", id: 1}\n"
                                            "      s3: 10.0.0.3:80\n"
                                            "      s4: {address: \"10.0.0.4:80\", id: 4}\n"
                                            "      s5: 10.0.0.5:80\n"))
                           .config.backends.at(0)
                           .servers;

  std::vector<std::uint32_t> ids;
  for (const auto& server : servers) ids.push_back(server.id);
  CHECK(ids == std::vector<std::uint32_t>{2, 1, 3, 4, 5});
}

TEST_CASE("a server's name is resolved, its first address taken and told", "[conf]") {
  const Reading reading = reading_of(file_with("", "      s2: db.internal:5432\n"));

  const Server& server = reading.config.backends.at(0).servers.at(1);
  CHECK(server.host == "db.internal");
  CHECK(to_string(*server.address) == "10.0.0.7:5432");
  REQUIRE(reading.notes.size() == 1);
  CHECK(to_string(reading.notes[0]) ==
        "lb.yaml:9: backends.app.servers.s2: \"db.internal\" is 10.0.0.7, the first of 2");
}

TEST_CASE("with init_addr none a server may have a name that does not resolve", "[conf]") {
  const Reading reading =
      reading_of(file_with("", "      s2: {address: \"gone.internal:80\", init_addr: none}\n"));

  const Server& server = reading.config.backends.at(0).servers.at(1);
  CHECK(server.host == "gone.internal");
  CHECK_FALSE(server.address);
  REQUIRE(reading.notes.size() == 1);
  CHECK(
      reading.notes[0].what ==
      "\"gone.internal\" has no address: Name or service not known; the server starts without one");
}

TEST_CASE("a bind is an address, a mapping, or a list of both", "[conf]") {
  const auto binds = reading_of(
                         "frontends:\n"
                         "  web:\n"
                         "    backend: app\n"
                         "    bind: [\"*:80\", {address: \"unix:/run/a.sock\", mode: \"0660\"},\n"
                         "           {address: \"[::1]:81\", backlog: 7, v6only: true}]\n"
                         "backends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\n")
                         .config.frontends.at(0)
                         .binds;

  REQUIRE(binds.size() == 3);
  CHECK(to_string(binds[0].address) == "0.0.0.0:80");
  CHECK(to_string(binds[1].address) == "unix:/run/a.sock");
  CHECK(binds[1].mode == 0660U);
  CHECK(to_string(binds[2].address) == "[::1]:81");
  CHECK((binds[2].backlog == 7 && binds[2].v6only));
  CHECK((binds[1].place.line == 4 && binds[2].place.line == 5));
}

TEST_CASE("the mode of an address that is no UNIX socket is told to have no effect", "[conf]") {
  const Reading reading = reading_of(
      "frontends: {web: {bind: {address: \"127.0.0.1:80\", mode: \"0660\"}, backend: app}}\n"
      "backends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\n");

  REQUIRE(reading.notes.size() == 1);
  CHECK(
      to_string(reading.notes[0]) ==
      "lb.yaml:1: frontends.web.bind: mode has no effect here: only UNIX sockets have permissions");
}

TEST_CASE("a list of networks may come from a file", "[conf]") {
  auto source = machine();
  source.files["lb.yaml"] =
      file_with("    allow: [192.0.2.1, \"file:/etc/allow\"]\n    deny: ::/0\n");
  source.files["/etc/allow"] = "# ours\n10.0.0.0/8 # office\r\n\n  2001:db8::/32";

  const auto reading = read({"lb.yaml"}, source);

  REQUIRE(reading);
  const Frontend& web = reading->config.frontends.at(0);
  CHECK(web.allow == std::vector<Network>{*parse_network("192.0.2.1"), *parse_network("10.0.0.0/8"),
                                          *parse_network("2001:db8::/32")});
  CHECK(web.deny == std::vector<Network>{*parse_network("::/0")});
}

TEST_CASE("variables are replaced in values", "[conf]") {
  auto source = machine();
  source.environment = {{"HOST", "10.0.0.9"}, {"EMPTY", ""}, {"P", "80"}};
  source.files["lb.yaml"] = file_with(
      "    maxconn: ${MAX:-5}\n",
      "      s2: ${HOST}:${P}\n      s3: {address: \"${EMPTY:-10.0.0.3}:${P}$\", disabled: yes}\n");

  CHECK(mistakes_in({"lb.yaml"}, source) ==
        std::vector<std::string>{
            "lb.yaml:11: backends.app.servers.s3.address: must be an address or a name and a port "
            "such "
            "as \"10.0.0.1:80\" or \"db.internal:80\", or \"unix:/path\", is \"10.0.0.3:80$\""});

  source.files["lb.yaml"] = file_with("    maxconn: ${MAX:-5}\n", "      s2: ${HOST}:${P}\n");
  const auto reading = read({"lb.yaml"}, source);
  REQUIRE(reading);
  CHECK(reading->config.frontends.at(0).maxconn == 5);
  CHECK(to_string(*reading->config.backends.at(0).servers.at(1).address) == "10.0.0.9:80");
}

TEST_CASE("an alias repeats what its anchor names", "[conf]") {
  const Config config =
      reading_of(
          "frontends: {web: {bind: \"*:80\", backend: a}}\n"
          "backends:\n"
          "  a: {timeouts: &short {connect: 1s}, servers: {s1: \"10.0.0.1:80\"}}\n"
          "  b: {timeouts: *short, servers: {s1: \"10.0.0.1:80\"}}\n")
          .config;

  CHECK(config.backends.at(1).connect_timeout == seconds{1});
}

TEST_CASE("a directory means its visible YAML files in C order", "[conf]") {
  auto source = machine();
  source.directories["/etc/t"] = {"b.yml", ".hidden.yaml", "a.yaml", "notes.txt", "B.yaml"};
  source.files["/etc/t/B.yaml"] = "frontends: {one: {bind: \"*:1\", backend: app}}\n";
  source.files["/etc/t/a.yaml"] = "frontends: {two: {bind: \"*:2\", backend: app}}\n";
  source.files["/etc/t/b.yml"] = "backends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\n";

  const auto reading = read({"/etc/t"}, source);

  REQUIRE(reading);
  REQUIRE(reading->config.frontends.size() == 2);
  CHECK(reading->config.frontends[0].name == "one");
  CHECK(reading->config.frontends[1].name == "two");
  CHECK(reading->config.backends.at(0).place.file == "/etc/t/b.yml");
}

}  // namespace
}  // namespace conf::test
