#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

// What the health of a server comes from beside a check, and what follows from it.
namespace conf::test {
namespace {

using Lines = std::vector<std::string>;
using std::chrono::minutes;
using std::chrono::seconds;

Server server_of(const std::string& keys) {
  return reading_of(file_with("", "      s2: {address: \"10.0.0.2:80\", " + keys + "}\n"))
      .config.backends.at(0)
      .servers.at(1);
}

Lines notes_of(const std::string& backend) {
  Lines lines;
  for (const auto& note : reading_of(file_with("", backend)).notes)
    lines.push_back(to_string(note));
  return lines;
}

TEST_CASE("an observed server has a check failed, or without one is ejected", "[conf]") {
  using Action = Observe::Action;
  const auto [keys, action] = GENERATE(table<std::string, Action>({
      {"observe: layer4, check: tcp", Action::kFailCheck},
      {"observe: layer4", Action::kEject},
      {"observe: layer4, check: tcp, on_error: eject", Action::kEject},
      {"observe: layer4, check: tcp, on_error: fastinter", Action::kFastInterval},
      {"observe: layer4, check: tcp, on_error: fail-check", Action::kFailCheck},
      {"observe: layer4, check: tcp, on_error: sudden-death", Action::kSuddenDeath},
      {"observe: layer4, check: tcp, on_error: mark-down", Action::kMarkDown},
  }));
  const auto observe = server_of(keys).observe;

  REQUIRE(observe);
  CHECK(observe->on_error == action);
  CHECK(observe->error_limit == 10);
  CHECK(server_of("observe: layer4, error_limit: 3").observe->error_limit == 3);
  CHECK_FALSE(server_of("observe: none").observe);
}

TEST_CASE("server_defaults say what is observed and what follows, unless a server does", "[conf]") {
  const auto servers =
      reading_of(
          file_with("",
                    "      s2: {address: \"10.0.0.2:80\", observe: none, on_marked_down: keep}\n"
                    "      s3: {address: \"10.0.0.3:80\", error_limit: 7, on_marked_up: keep}\n"
                    "    server_defaults: {observe: layer4, error_limit: 5, on_marked_down: "
                    "shutdown_sessions, on_marked_up: shutdown_backup_sessions}\n"))
          .config.backends.at(0)
          .servers;

  CHECK(servers.at(0).observe->error_limit == 5);
  CHECK_FALSE(servers.at(1).observe);
  CHECK(servers.at(2).observe->error_limit == 7);
  CHECK(servers[0].on_marked_down == OnMarkedDown::kShutdownSessions);
  CHECK(servers[1].on_marked_down == OnMarkedDown::kKeep);
  CHECK(servers[1].on_marked_up == OnMarkedUp::kShutdownBackupSessions);
  CHECK(servers[2].on_marked_up == OnMarkedUp::kKeep);
}

TEST_CASE("a setting of observe is told to have no effect where nobody is observed", "[conf]") {
  const std::string none = " has no effect without observe: write observe: layer4";

  CHECK(notes_of("      s2: {address: \"10.0.0.2:80\", error_limit: 3, on_error: eject}\n") ==
        Lines{"lb.yaml:9: backends.app.servers.s2.error_limit:" + none});
  CHECK(notes_of("    server_defaults: {on_error: eject}\n") ==
        Lines{"lb.yaml:9: backends.app.server_defaults.on_error:" + none});
  CHECK(notes_of("      s2: {address: \"10.0.0.2:80\", observe: layer4}\n"
                 "    server_defaults: {error_limit: 3}\n")
            .empty());
}

TEST_CASE("a backend has its limits of ejection and of slowness", "[conf]") {
  const Backend plain = reading_of(file_with("")).config.backends.at(0);
  CHECK((plain.ejection.most == 30 && plain.ejection.time == seconds{10}));
  CHECK((plain.ejection.longest == minutes{5} && !plain.slow_limit && !plain.log_health_checks));

  const Reading reading = reading_of(
      file_with("",
                "    server_defaults: {observe: layer4}\n    max_ejected: 100%\n"
                "    ejection_time: 1s\n    longest_ejection: 1s\n    slow_limit: 200ms\n"
                "    log_health_checks: true\n"));
  const Backend& own = reading.config.backends.at(0);
  CHECK((own.ejection.most == 100 && own.ejection.time == seconds{1}));
  CHECK((own.ejection.longest == seconds{1} && own.log_health_checks));
  CHECK(own.slow_limit == std::chrono::milliseconds{200});
  CHECK(reading.notes.empty());
}

TEST_CASE("limits of ejection are told to have no effect where nobody ejects", "[conf]") {
  const std::string none = " has no effect, as no server has observe: layer4 with on_error: eject";

  CHECK(notes_of("    check: tcp\n    server_defaults: {observe: layer4}\n"
                 "    max_ejected: 50%\n    ejection_time: 20s\n") ==
        Lines{"lb.yaml:11: backends.app.max_ejected:" + none,
              "lb.yaml:12: backends.app.ejection_time:" + none});
}

TEST_CASE("a server tracks one of its backend or of another, itself without a check", "[conf]") {
  const std::string backends =
      "  other:\n    check: tcp\n    servers:\n      o1: 10.0.1.1:80\n"
      "      o2: {address: \"10.0.1.2:80\", track: o1}\n"
      "      o3: {address: \"10.0.1.3:80\", track: o2, agent: {port: 1}}\n";
  const auto config =
      reading_of(
          file_with("", "      s2: {address: \"10.0.0.2:80\", track: other/o3}\n" + backends))
          .config;
  const auto& others = config.backends.at(1).servers;

  const auto track = config.backends.at(0).servers.at(1).track;
  CHECK((track && track->backend == "other" && track->server == "o3"));
  CHECK((others.at(0).check && !others.at(0).track));
  CHECK((others.at(1).track->backend == "other" && others.at(1).track->server == "o1"));
  CHECK((!others.at(1).check && others.at(2).agent));
}

TEST_CASE("a track that leads nowhere is told", "[conf]") {
  const std::string s1 = "      s3: {address: \"10.0.0.3:80\", check: tcp}\n";
  const auto [track, wrong] = GENERATE(table<std::string, std::string>({
      {"s9", "there is no server \"app/s9\": did you mean \"s1\"?"},
      {"app/another", "there is no server \"app/another\": name one that has a check"},
      {"ap/s3", "there is no backend \"ap\": did you mean \"app\"?"},
      {"web/s3", "there is no backend \"web\": name one that has a check"},
      {"s1", "names app/s1, which has neither a check nor an agent: give it one"},
      {"s2", "tracks itself: give one of them a check"},
      {"/s3", "must be a server such as app/s1, or s1 of the same backend, is \"/s3\""},
      {"app/", "must be a server such as app/s1, or s1 of the same backend, is \"app/\""},
  }));
  const auto mistakes = mistakes_of(
      file_with("", "      s2: {address: \"10.0.0.2:80\", track: " + track + "}\n" + s1));

  CHECK(mistakes == Lines{"lb.yaml:9: backends.app.servers.s2.track: " + wrong});
}

TEST_CASE("a loop of tracks is told once, with the servers in it", "[conf]") {
  const auto server = [](const std::string& name, const std::string& track) {
    return "      " + name + ": {address: \"10.0.0.9:80\", track: " + track + "}\n";
  };

  CHECK(mistakes_of(file_with(
            "", server("a", "b") + server("b", "c") + server("c", "d") + server("d", "b"))) ==
        Lines{"lb.yaml:10: backends.app.servers.b.track: tracks itself by way of app/c, app/d: "
              "give one of them a check"});

  std::string ring;
  for (int i = 0; i < 2000; ++i)
    ring += server(fmt::format("r{}", i), fmt::format("r{}", (i + 1) % 2000));
  CHECK(mistakes_of(file_with("", ring)) ==
        Lines{"lb.yaml:9: backends.app.servers.r0.track: tracks itself by way of app/r1, app/r2, "
              "app/r3, app/r4, app/r5, ...: give one of them a check"});
}

TEST_CASE("a server that is tracked may be in a file that could not be read", "[conf]") {
  auto source = machine();
  source.files["lb.yaml"] =
      file_with("", "      s2: {address: \"10.0.0.2:80\", track: other/o1}\n");

  const auto mistakes = mistakes_in({"lb.yaml", "gone.yaml"}, source);

  REQUIRE(mistakes.size() == 1);
  CHECK(mistakes[0].starts_with("gone.yaml:1"));
}

}  // namespace
}  // namespace conf::test
