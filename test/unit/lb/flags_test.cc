#include "lb/flags.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

using lb::Flags;

namespace {

std::expected<Flags, std::string> scan(const std::vector<const char*>& arguments) {
  return lb::scan_flags(arguments);
}

Flags scanned(const std::vector<const char*>& arguments) {
  const auto flags = scan(arguments);
  INFO((flags ? std::string() : flags.error()));
  REQUIRE(flags);
  return *flags;
}

std::string mistake(const std::vector<const char*>& arguments) {
  const auto flags = scan(arguments);
  return flags ? "" : flags.error();
}

}  // namespace

TEST_CASE("files are taken in order, from -f and from behind --", "[flags]") {
  const Flags flags = scanned({"-f", "a.yaml", "-f", "conf.d", "--", "b.yaml", "-c", "--"});

  CHECK(flags.files == std::vector<std::string>{"a.yaml", "conf.d", "b.yaml", "-c", "--"});
  CHECK_FALSE(flags.check);
}

TEST_CASE("a flag's value is always the next argument", "[flags]") {
  const Flags flags = scanned({"-f", "-c", "-p", "-q", "-n", "100"});

  CHECK(flags.files == std::vector<std::string>{"-c"});
  CHECK(flags.pid_file == "-q");
  CHECK(flags.maxconn == 100);
  CHECK_FALSE(flags.check);
  CHECK_FALSE(flags.quiet);
  CHECK(mistake({"-fa.yaml"}) == "unknown flag '-fa.yaml'");
  CHECK(mistake({"-f=a.yaml"}) == "unknown flag '-f=a.yaml'");
}

TEST_CASE("each switch sets its own flag", "[flags]") {
  const Flags none = scanned({"-f", "a"});
  CHECK_FALSE((none.check || none.quiet || none.verbose || none.debug || none.daemon || none.demo));
  CHECK(none.show == Flags::Show::kNothing);
  CHECK(none.pid_file.empty());
  CHECK(none.maxconn == 0);

  CHECK(scanned({"-c", "-f", "a"}).check);
  CHECK(scanned({"-q", "-f", "a"}).quiet);
  CHECK(scanned({"-V", "-f", "a"}).verbose);
  CHECK(scanned({"-d", "-f", "a"}).debug);
  CHECK(scanned({"-D", "-f", "a"}).daemon);
  CHECK_FALSE(scanned({"-db", "-f", "a"}).daemon);
  CHECK_FALSE(scanned({"-db", "-f", "a"}).debug);
}

TEST_CASE("verbose and debug take quiet back, in any order", "[flags]") {
  CHECK_FALSE(scanned({"-V", "-q", "-f", "a"}).quiet);
  CHECK_FALSE(scanned({"-q", "-V", "-f", "a"}).quiet);
  CHECK_FALSE(scanned({"-q", "-d", "-f", "a"}).quiet);
}

TEST_CASE("what only shows something ends the scan and needs no file", "[flags]") {
  CHECK(scanned({"-v", "-zz"}).show == Flags::Show::kVersion);
  CHECK(scanned({"-vv"}).show == Flags::Show::kBuild);
  CHECK(scanned({"-h"}).show == Flags::Show::kUsage);
  CHECK(scanned({"-c", "--help", "-n"}).show == Flags::Show::kUsage);
  CHECK(mistake({"-zz", "-v"}) == "unknown flag '-zz'");
}

TEST_CASE("demo is a word only as the first argument, and brings its configuration", "[flags]") {
  CHECK(scanned({"demo"}).demo);
  CHECK(scanned({"demo", "-q"}).quiet);
  CHECK(scanned({"demo", "--balance", "maglev"}).demo_balance == conf::Algorithm::kMaglev);
  CHECK(mistake({"demo", "--balance", "best"})
            .starts_with("--balance wants an algorithm after it: roundrobin, "));
  CHECK(mistake({"--balance", "maglev"}) == "unknown flag '--balance'");
  CHECK_FALSE(scanned({"-f", "demo"}).demo);
  CHECK_FALSE(scanned({"--", "demo"}).demo);
  CHECK(mistake({"-q", "demo"}) == "'demo' is not a flag; a configuration file is named with -f");
  CHECK(mistake({"demo", "-f", "a"}) == "demo brings its own configuration; leave out the files");
}

TEST_CASE("a mistake on the command line is named", "[flags]") {
  CHECK(mistake({}) == "no configuration; name a file or a directory with -f");
  CHECK(mistake({"-c"}) == "no configuration; name a file or a directory with -f");
  CHECK(mistake({"-f"}) == "flag '-f' wants a FILE after it");
  CHECK(mistake({"-f", "a", "-n"}) == "flag '-n' wants a NUMBER after it");
  CHECK(mistake({"a.yaml"}) == "'a.yaml' is not a flag; a configuration file is named with -f");
  CHECK(mistake({"-"}) == "unknown flag '-'");
  CHECK(mistake({"--version"}) == "unknown flag '--version'");
  for (const char* number : {"", "x", "10x", "-1", "4294967296", " 1"}) {
    CHECK(mistake({"-f", "a", "-n", number}) ==
          "flag '-n' wants a NUMBER from 0 to 4294967295, not '" + std::string(number) + "'");
  }
}

TEST_CASE("HAProxy's other flags are told from unknown ones", "[flags]") {
  for (const char* flag : {"-W", "-Ws", "-sf", "-st", "-x", "-S", "-N", "-m", "-L", "-C", "-4",
                           "-cc", "-vq", "-dr", "-dW", "-dMno-merge", "-dS"}) {
    CHECK(mistake({flag}) == "HAProxy's flag '" + std::string(flag) + "' is not supported yet");
  }
  CHECK(mistake({"-dx"}) == "unknown flag '-dx'");
  CHECK(mistake({"-z"}) == "unknown flag '-z'");
}

TEST_CASE("the usage names every flag that is understood", "[flags]") {
  const std::string text = lb::usage();

  for (const char* flag : {"-f FILE", "-c", "-D", "-db", "-d", "-p FILE", "-n NUMBER", "-q", "-V",
                           "-v", "-vv", "-h", "-- FILE", "tidegate demo"}) {
    CHECK(text.find(flag) != std::string::npos);
  }
}
