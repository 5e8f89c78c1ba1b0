#include "lb/telemetry/console.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <pty.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "lb/net/fd.h"

using lb::net::Fd;
using lb::telemetry::Console;
using lb::telemetry::Level;

namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
    out = Fd(ends[0]);
    in = Fd(ends[1]);
  }
  Fd out;
  Fd in;
};

std::string read_all(const Fd& fd) {
  std::array<char, 4096> buffer{};
  const ssize_t size = ::read(fd.get(), buffer.data(), buffer.size());
  return size > 0 ? std::string(buffer.data(), static_cast<std::size_t>(size)) : "";
}

}  // namespace

TEST_CASE("the console's lines line up as HAProxy's do", "[telemetry]") {
  const Pipe pipe;
  const Console console(pipe.in.get(), false);

  console.say(Level::kNotice, "one");
  console.say(Level::kWarning, "two");
  console.say(Level::kAlert, "three");

  const int pid = ::getpid();
  CHECK(read_all(pipe.out) == fmt::format("[NOTICE]   ({}) : one\n"
                                          "[WARNING]  ({}) : two\n"
                                          "[ALERT]    ({}) : three\n",
                                          pid, pid, pid));
}

TEST_CASE("the console marks the lines that go on", "[telemetry]") {
  const Pipe pipe;

  Console(pipe.in.get(), false).say(Level::kWarning, "one\ntwo");

  CHECK(read_all(pipe.out) == fmt::format("[WARNING]  ({}) : one\n   | two\n", ::getpid()));
}

TEST_CASE("a quiet console says nothing, not even an alert", "[telemetry]") {
  const Pipe pipe;

  Console(pipe.in.get(), true).say(Level::kAlert, "one");

  CHECK(read_all(pipe.out).empty());
}

TEST_CASE("the console colours the level on a terminal only", "[telemetry]") {
  int master = -1;
  int terminal = -1;
  REQUIRE(::openpty(&master, &terminal, nullptr, nullptr, nullptr) == 0);
  const Fd screen(master);
  const Fd end(terminal);

  Console(end.get(), false).say(Level::kAlert, "one");

  CHECK(read_all(screen) == fmt::format("\x1b[31m[ALERT]\x1b[0m    ({}) : one\r\n", ::getpid()));
}

TEST_CASE("a reader who has stopped reading costs the line, not the caller", "[telemetry]") {
  const Pipe pipe;
  const std::string page(4096, 'x');
  while (::write(pipe.in.get(), page.data(), page.size()) > 0) {
  }
  REQUIRE(::fcntl(pipe.in.get(), F_SETFL, 0) == 0);  // from now on write() would wait for ever

  Console(pipe.in.get(), false).say(Level::kAlert, "one");

  CHECK(read_all(pipe.out).find("one") == std::string::npos);
}
