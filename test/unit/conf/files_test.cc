#include "conf/files.h"

#include <catch2/catch.hpp>

#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using Lines = std::vector<std::string>;

std::string repeated(std::string_view text, std::size_t times) {
  std::string result;
  for (std::size_t i = 0; i < times; ++i) result += text;
  return result;
}

TEST_CASE("a file without content is told what belongs there", "[conf]") {
  const std::string text = GENERATE("", "\n\n", "# nothing yet\n", "---\n", "~\n", "\xef\xbb\xbf");

  CHECK(mistakes_of(text) ==
        Lines{"lb.yaml:1: file: is empty: a configuration has frontends and backends, see "
              "conf/README.md"});
}

TEST_CASE("a file that is no mapping is told what belongs there", "[conf]") {
  CHECK(mistakes_of("hello\n") ==
        Lines{"lb.yaml:1: file: must be a mapping of global, defaults, frontends, backends, is "
              "\"hello\"",
              "lb.yaml:1: frontends: there is none: add one such as web: {bind: \"0.0.0.0:80\", "
              "backend: app}"});
}

TEST_CASE("a configuration without a frontend is refused", "[conf]") {
  const std::string text = GENERATE("backends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\n",
                                    "frontends: {}\n", "global: {threads: 1}\n");

  CHECK(mistakes_of(text) ==
        Lines{"lb.yaml:1: frontends: there is none: add one such as web: {bind: "
              "\"0.0.0.0:80\", backend: app}"});
}

TEST_CASE("a file that cannot be read hides no mistake of the others", "[conf]") {
  auto source = machine();
  source.files["a.yaml"] = "frontends: {web: {bind: \"*:80\", backend: elsewhere, maxconn: x}}\n";

  CHECK(mistakes_in({"gone.yaml", "a.yaml"}, source) ==
        Lines{"a.yaml:1: frontends.web.maxconn: must be a number from 0 to 2147483647, is \"x\"",
              "gone.yaml:1: file: cannot be read: No such file or directory"});
}

TEST_CASE("reading no file at all is a mistake", "[conf]") {
  auto source = machine();
  CHECK(mistakes_in({}, source) == Lines{"-f:1: file: names no configuration: write -f FILE"});
}

TEST_CASE("a directory without a configuration is a mistake", "[conf]") {
  auto source = machine();
  source.directories["/etc/t"] = {"haproxy.cfg", ".a.yaml"};

  CHECK(mistakes_in({"/etc/t"}, source) ==
        Lines{"/etc/t:1: file: is a directory without a file that ends in .yaml or .yml"});
}

TEST_CASE("what only one file may have is told where it stood first", "[conf]") {
  auto source = machine();
  source.files["a.yaml"] = "global: {}\ndefaults: {}\n" + file_with("");
  source.files["b.yaml"] =
      "global: {}\ndefaults: {}\nfrontends:\n  web: {bind: \"*:81\", backend: app}\n"
      "backends:\n  app: {servers: {s1: \"10.0.0.1:80\"}}\n";

  CHECK(mistakes_in({"a.yaml", "b.yaml"}, source) ==
        Lines{"b.yaml:1: global: is given a second time, first at a.yaml:1: keep one",
              "b.yaml:2: defaults: is given a second time, first at a.yaml:2: keep one",
              "b.yaml:4: frontends.web: is given a second time, first at a.yaml:4: rename one",
              "b.yaml:6: backends.app: is given a second time, first at a.yaml:8: rename one"});
}

TEST_CASE("a frontend and a backend may share a name", "[conf]") {
  CHECK(mistakes_of("frontends: {app: {bind: \"*:80\", backend: app}}\n"
                    "backends: {app: {servers: {s1: \"10.0.0.1:80\"}}}\n") == Lines{});
}

TEST_CASE("a NUL byte is told with its line", "[conf]") {
  CHECK(mistakes_of(std::string("a: 1\nb: \0", 9)) ==
        Lines{"lb.yaml:2: file: holds a NUL byte: a configuration is text in UTF-8"});
  CHECK(mistakes_of("a: \"\\0\"\n") ==
        Lines{"lb.yaml:1: syntax: a value holds a NUL byte: remove it"});
}

TEST_CASE("a file over 16 MiB is refused before it is parsed", "[conf]") {
  CHECK(mistakes_of("[" + repeated(" # a comment\n", kLargestFile / 13 + 1)) ==
        Lines{"lb.yaml:1: file: cannot be read: it is too large"});
}

TEST_CASE("a very long line is refused before it is parsed", "[conf]") {
  CHECK(mistakes_of("a: 1\n" + repeated("[", 300'000)) ==
        Lines{"lb.yaml:2: file: is longer than 256 KiB: break the line"});
}

}  // namespace
}  // namespace conf::test
