#include "conf/limits.h"

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using Lines = std::vector<std::string>;

// Line 8, whose server s1 has these settings, in a backend with these further lines.
std::string server_with(const std::string& settings, const std::string& backend = "",
                        const std::string& frontend = "") {
  return "frontends:\n  web:\n    bind: \"*:80\"\n    backend: app\n" + frontend +
         "backends:\n  app:\n    servers:\n      s1: {address: \"10.0.0.1:80\", " + settings +
         "}\n" + backend;
}

TEST_CASE("a server has its limits, its queue and its slow start", "[conf]") {
  const auto servers =
      reading_of(
          "frontends: {web: {bind: \"*:80\", backend: app}}\n"
          "backends:\n"
          "  app:\n"
          "    fullconn: 100\n"
          "    all_backups: yes\n"
          "    server_defaults: {maxconn: 9, minconn: 3, maxqueue: 4, slow_start: 30s}\n"
          "    servers:\n"
          "      s1: 10.0.0.1:80\n"
          "      s2: {address: \"10.0.0.2:80\", minconn: 9, maxqueue: 0, slow_start: 1500ms,\n"
          "           slow_start_at_start: true}\n")
          .config.backends.at(0);

  const auto& [first, second] = std::tie(servers.servers.at(0), servers.servers.at(1));
  CHECK((servers.all_backups && servers.fullconn == 100));
  CHECK((first.minconn == 3 && first.maxqueue == 4 && !first.slow_start_at_start));
  CHECK(first.slow_start == std::chrono::seconds{30});
  CHECK((second.minconn == 9 && second.maxqueue == 0 && second.slow_start_at_start));
  CHECK(second.slow_start == Milliseconds{1500});
}

TEST_CASE("limits of a server that do not go together are told", "[conf]") {
  const auto [settings, wrong] = GENERATE(table<std::string, std::string>({
      {"minconn: 5", "has a minconn of 5 but no maxconn for it to rise to: add one"},
      {"minconn: 5, maxconn: 4", "has a minconn of 5, more than its maxconn of 4: lower it"},
  }));

  CHECK(mistakes_of(server_with(settings, "    fullconn: 9\n")) ==
        Lines{"lb.yaml:8: backends.app.servers.s1: " + wrong});
}

TEST_CASE("a slow start is finite", "[conf]") {
  CHECK(mistakes_of(server_with("slow_start: infinite")) ==
        Lines{"lb.yaml:8: backends.app.servers.s1.slow_start: must be a duration from 0 to 24d, is "
              "\"infinite\""});
}

TEST_CASE("a slow start that has nothing to raise is told", "[conf]") {
  const auto [balance, name] = GENERATE(table<std::string, std::string>({
      {"static-rr", "static-rr"},
      {"first", "first"},
      {"source", "a map-based source"},
      {"{by: hash, hash_type: map-based}", "a map-based hash"},
      {"{by: sticky-source, first_visit: first}", "sticky-source and first_visit: first"},
      {"{by: sticky-source, first_visit: source}",
       "sticky-source and first_visit: a map-based source"},
  }));
  const std::string line = "    balance: " + balance + "\n";

  CHECK(mistakes_of(server_with("slow_start: 30s", line)) ==
        Lines{"lb.yaml:8: backends.app.servers.s1: has a slow_start and no maxconn, but with " +
              name + " a weight does not rise, only a maxconn: add one, or leave slow_start out"});
  CHECK(mistakes_of(server_with("slow_start: 30s, maxconn: 9", line)).empty());
  CHECK(mistakes_of(server_with("slow_start: 0", line)).empty());
}

TEST_CASE("a slow start raises the weight of every algorithm that has parts of one", "[conf]") {
  const std::string balance =
      GENERATE("roundrobin", "leastconn", "random", "maglev", "peak-ewma",
               "{by: source, hash_type: consistent}", "{by: hash, hash_type: consistent}",
               "{by: sticky-source, first_visit: roundrobin}",
               "{by: sticky-source, first_visit: hash, hash_type: consistent}");

  CHECK(mistakes_of(server_with("slow_start: 30s", "    balance: " + balance + "\n")).empty());
}

Lines notes_of(const std::string& text) {
  Lines lines;
  for (const Mistake& note : reading_of(text).notes) lines.push_back(to_string(note));
  return lines;
}

TEST_CASE("first is noted where no server has a maxconn that leads to the next one", "[conf]") {
  const std::string balance = GENERATE(as<std::string>{}, "    balance: first\n",
                                       "    balance: {by: sticky-source, first_visit: first}\n");
  const std::string second = "      s2: 10.0.0.2:80\n";

  CHECK(notes_of(server_with("weight: 1", second + balance)) ==
        Lines{"lb.yaml:6: backends.app.balance: is by first, but no server has a maxconn, so that "
              "one of them gets all sessions: add one"});
  CHECK(notes_of(server_with("maxconn: 9", second + balance)).empty());
  CHECK(notes_of(server_with("weight: 1", balance)).empty());
  CHECK(notes_of(server_with("weight: 1", second)).empty());
}

TEST_CASE("a redispatch that no retry comes to is noted where clients are bound", "[conf]") {
  const auto [settings, noted] = GENERATE(table<std::string, bool>({
      {"retries: 3\n    redispatch: 4", true},
      {"retries: 3\n    redispatch: -4", true},
      {"retries: 3\n    redispatch: 3", false},
      {"retries: 3\n    redispatch: -3", false},
      {"retries: 3\n    redispatch: 0", false},
      {"retries: 0", false},
  }));
  const std::string balance =
      GENERATE(as<std::string>{}, "source", "hash", "maglev", "sticky-source");
  const std::string lines = "    " + settings + "\n    balance: ";
  CAPTURE(settings, balance);

  CHECK(notes_of(server_with("weight: 1", lines + balance + "\n")).size() == (noted ? 1 : 0));
  CHECK(notes_of(server_with("weight: 1", lines + "roundrobin\n")).empty());
}

TEST_CASE("the note on a redispatch says what to write", "[conf]") {
  CHECK(notes_of(server_with("weight: 1", "    balance: source\n    redispatch: -5\n")) ==
        Lines{"lb.yaml:6: backends.app.redispatch: is -5, but there are 3 retries, so that none "
              "goes to another server: write 1 for all of them, or 0"});
}

TEST_CASE("slow_start_at_start is noted where there is no slow start", "[conf]") {
  const std::string defaults = "    server_defaults: {slow_start_at_start: true}\n";

  CHECK(notes_of(server_with("slow_start_at_start: true")) ==
        Lines{"lb.yaml:8: backends.app.servers.s1.slow_start_at_start: has no effect without "
              "slow_start: write slow_start: 30s"});
  CHECK(notes_of(server_with("weight: 1", defaults)) ==
        Lines{"lb.yaml:9: backends.app.server_defaults.slow_start_at_start: has no effect without "
              "slow_start: write slow_start: 30s"});
  CHECK(notes_of(server_with("slow_start: 30s", "      s2: 10.0.0.2:80\n" + defaults)).empty());
  CHECK(notes_of(server_with("slow_start_at_start: false")).empty());
}

std::uint32_t fullconn_of(const std::string& text) {
  return reading_of(text).config.backends.at(0).fullconn;
}

TEST_CASE("fullconn is a tenth of what the frontends let in, rounded up, at least 1", "[conf]") {
  const std::string server = "minconn: 1, maxconn: 2";
  const auto with_maxconn = [&server](const std::string& maxconn) {
    return fullconn_of(server_with(server, "", "    maxconn: " + maxconn + "\n"));
  };

  CHECK(with_maxconn("1") == 1);
  CHECK(with_maxconn("200") == 20);
  CHECK(with_maxconn("201") == 21);
  CHECK(fullconn_of("global: {maxconn: 5000}\n" + server_with(server)) == 500);
  CHECK(fullconn_of(server_with(server, "    fullconn: 7\n", "    maxconn: 200\n")) == 7);
}

TEST_CASE("fullconn counts every frontend that leads to the backend, and no other", "[conf]") {
  const Config config =
      reading_of(
          "frontends:\n"
          "  a: {bind: \"*:1\", backend: app, maxconn: 100}\n"
          "  b: {bind: \"*:2\", backend: app, maxconn: 2147483647}\n"
          "  c: {bind: \"*:3\", backend: other}\n"
          "backends:\n"
          "  app: {servers: {s1: {address: \"10.0.0.1:80\", minconn: 1, maxconn: 2}}}\n"
          "  other: {servers: {s1: \"10.0.0.1:81\"}}\n"
          "  lone: {servers: {s1: {address: \"10.0.0.1:82\", minconn: 1, maxconn: 2}}}\n")
          .config;

  CHECK(config.backends.at(0).fullconn == 214'748'375);
  CHECK(config.backends.at(1).fullconn == 0);
  CHECK(config.backends.at(2).fullconn == 1);
}

TEST_CASE("a fullconn that nothing tells is asked for where a minconn needs it", "[conf]") {
  CHECK(
      mistakes_of(server_with("minconn: 1, maxconn: 2")) ==
      Lines{"lb.yaml:6: backends.app: has a server with a minconn, but no fullconn that says "
            "when it has its maxconn, and frontend \"web\" has no maxconn to derive one from: add "
            "fullconn"});
  CHECK(fullconn_of(server_with("maxconn: 2")) == 0);
}

}  // namespace
}  // namespace conf::test
