#include "lb/admin/connection.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lb/admin/client_commands.h"

namespace {

using lb::admin::Answer;
using lb::admin::CommandTable;
using lb::admin::Connection;
using lb::admin::Request;
using lb::admin::Terms;
using namespace std::chrono_literals;

void write_all(int fd, std::string_view text) {
  REQUIRE(::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

// One connection over a socket pair, whose client is driven by hand.
class Rig {
 public:
  explicit Rig(std::chrono::milliseconds timeout = 10s) {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
    client = lb::net::Fd(ends[0]);
    lb::admin::add_client_commands(table);
    table.add(
        {.words = "later",
         .arguments = "",
         .description = "",
         .handler = [this](const Request&, Answer answer) { kept.emplace(std::move(answer)); }});
    table.add({.words = "long",
               .arguments = "",
               .description = "",
               .handler = [this](const Request&, Answer answer) {
                 answer.stream([this, left = kParts](std::string& part) mutable {
                   ++parts_asked;
                   part.append(lb::admin::kPart - 1, 'x').push_back('\n');
                   return --left != 0;
                 });
               }});
    connection.emplace(shared, lb::net::Fd(ends[1]), lb::admin::Client{}, Terms{.timeout = timeout},
                       [this] { done = true; });
  }

  // Lets the loop run until the condition holds; false when that takes too long.
  bool turn_until(const std::function<bool()>& condition) {
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > end) return false;
      loop.run_ready();
      pollfd backend{.fd = loop.backend(), .events = POLLIN, .revents = 0};
      ::poll(&backend, 1, 1);
    }
    return true;
  }

  // Reads what has come so far.
  bool heard(std::string_view all) {
    return turn_until([&] { return receive() >= all.size(); }) && text == all;
  }

  std::size_t receive() {
    std::array<char, 65536> room{};
    for (ssize_t size = 0; (size = ::read(client.get(), room.data(), room.size())) >= 0;) {
      eof = size == 0;
      if (eof) break;
      text.append(room.data(), static_cast<std::size_t>(size));
    }
    return text.size();
  }

  static constexpr int kParts = 200;
  lb::net::Loop loop;
  CommandTable table;
  Connection::Shared shared{.loop = loop, .commands = table, .audit = {}, .start = 0};
  std::optional<Answer> kept;
  int parts_asked = 0;
  bool done = false;
  lb::net::Fd client;
  std::string text;  // what the client has read
  bool eof = false;
  std::optional<Connection> connection;
};

}  // namespace

TEST_CASE("of a client without a prompt one line is answered, and then it ends", "[admin]") {
  Rig rig;
  write_all(rig.client.get(), "echo a;echo b\necho never\n");

  CHECK(rig.turn_until([&] { return rig.receive() != 0 && rig.eof; }));
  CHECK(rig.text == "a\n\nb\n\n");
  CHECK_FALSE(rig.done);
  rig.client.reset();
  CHECK(rig.turn_until([&] { return rig.done; }));
}

TEST_CASE("a client that has closed its side gets the whole reply, also of what is answered later",
          "[admin]") {
  Rig rig;
  write_all(rig.client.get(), "echo a;later;echo c\n");
  ::shutdown(rig.client.get(), SHUT_WR);
  REQUIRE(rig.turn_until([&] { return rig.kept.has_value(); }));
  REQUIRE(rig.heard("a\n\n"));
  CHECK_FALSE(rig.done);

  rig.kept->line("b");
  rig.kept.reset();

  CHECK(rig.turn_until([&] { return rig.done; }));
  rig.receive();
  CHECK(rig.text == "a\n\nb\n\nc\n\n");
}

TEST_CASE("a command begins when the one before it is answered", "[admin]") {
  Rig rig;
  write_all(rig.client.get(), "prompt\nlater\necho b\n");
  REQUIRE(rig.turn_until([&] { return rig.kept.has_value(); }));
  REQUIRE(rig.heard("\n> "));

  rig.kept->fail("No.");

  CHECK(rig.heard("\n> No.\n\n> b\n\n> "));
}

TEST_CASE("who waits for an answer is not silent, who then says nothing is left", "[admin]") {
  Rig rig(20ms);
  write_all(rig.client.get(), "prompt;later\n");
  REQUIRE(rig.turn_until([&] { return rig.kept.has_value(); }));
  const auto later = std::chrono::steady_clock::now() + 60ms;
  REQUIRE(rig.turn_until([&] { return std::chrono::steady_clock::now() > later; }));
  REQUIRE_FALSE(rig.done);

  rig.kept.reset();

  CHECK(rig.turn_until([&] { return rig.done; }));
}

TEST_CASE("an answer outlives its connection", "[admin]") {
  Rig rig;
  write_all(rig.client.get(), "later\n");
  REQUIRE(rig.turn_until([&] { return rig.kept.has_value(); }));

  rig.connection.reset();

  CHECK_FALSE(rig.kept->wanted());
  rig.kept->line("nobody hears it");
  rig.kept.reset();
}

TEST_CASE("a long reply is produced as fast as it is read", "[admin]") {
  Rig rig;
  write_all(rig.client.get(), "long\n");
  for (int i = 0; i < 100; ++i) rig.loop.run_ready();
  const int unread = rig.parts_asked;
  CHECK(unread < Rig::kParts / 2);

  CHECK(rig.turn_until([&] {
    rig.receive();
    return rig.eof;
  }));
  CHECK(rig.parts_asked == Rig::kParts);
  CHECK(rig.text.size() == Rig::kParts * lb::admin::kPart + 1);
}

TEST_CASE("a client that asks and never reads is no longer read, and then left", "[admin]") {
  Rig rig(50ms);
  write_all(rig.client.get(), "prompt\n");
  const std::string line = "echo " + std::string(10'000, 'x') + "\n";
  std::size_t taken = 0;

  CHECK(rig.turn_until([&] {
    const ssize_t size = ::send(rig.client.get(), line.data(), line.size(), MSG_NOSIGNAL);
    if (size > 0) taken += static_cast<std::size_t>(size);
    return rig.done;
  }));
  CHECK(taken < 4'000'000);
}

TEST_CASE("a line without end is refused, and what follows is thrown away", "[admin]") {
  Rig rig;
  const std::string part(65536, 'x');
  std::size_t sent = 0;

  CHECK(rig.turn_until([&] {
    const ssize_t size = ::send(rig.client.get(), part.data(), part.size(), MSG_NOSIGNAL);
    if (size > 0) sent += static_cast<std::size_t>(size);
    return sent > 20'000'000;
  }));
  ::shutdown(rig.client.get(), SHUT_WR);

  CHECK(rig.turn_until([&] { return rig.done; }));
  rig.receive();
  CHECK(rig.text == "The line or its payload is too long.\n\n");
}

TEST_CASE("a timed prompt tells how long the process is up", "[admin]") {
  Rig rig;
  rig.shared.start = lb::net::read_clock() - (2 * 86400 + 3 * 3600 + 4 * 60 + 5) * 1000;
  write_all(rig.client.get(), "prompt timed\n");

  CHECK(rig.heard("\n[2:03:04:05]> "));
}

TEST_CASE("a payload is prompted for", "[admin]") {
  Rig rig;
  write_all(rig.client.get(), "prompt\necho a <<\nb\n\n");

  CHECK(rig.heard("\n> + + a\n\n> "));
}

TEST_CASE("severities stand before sentences when they are asked for", "[admin]") {
  Rig rig;
  write_all(rig.client.get(),
            "set severity-output number;show cli level;set timeout x;echo x;"
            "set severity-output string;show cli level;set timeout x\n");

  CHECK(
      rig.heard("\n[6]: user\n\n[3]: 'set timeout' only supports 'cli'.\n\nx\n\n"
                "\n[info]: user\n\n[err]: 'set timeout' only supports 'cli'.\n\n"));
}
