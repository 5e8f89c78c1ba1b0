#include "lb/cli/reply.h"

#include <catch2/catch.hpp>

using lb::cli::read_reply;
using lb::cli::Reply;

TEST_CASE("an error is known by its severity", "[cli]") {
  const Reply reply = read_reply("\n[3]: No such server.\n\n");

  CHECK(reply.text.empty());
  CHECK(reply.errors == "No such server.");
}

TEST_CASE("a warning and a piece of information are no errors", "[cli]") {
  CHECK(read_reply("\n[6]: New server registered.\n\n").text == "New server registered.");
  CHECK(read_reply("\n[4]: port changed from '9' to '99'\n\n").text ==
        "port changed from '9' to '99'");
}

TEST_CASE("an answer without a severity is text, its empty lines included", "[cli]") {
  CHECK(read_reply("\na\n\nb\n\n").text == "a\n\nb");
  CHECK(read_reply("\n\n").text.empty());
  CHECK(read_reply("\n[9]: no severity\n\n").text == "[9]: no severity");
  CHECK(read_reply("\n[3]\n\n").text == "[3]");
}

TEST_CASE("a command that the daemon does not know is an error, with all its lines", "[cli]") {
  const Reply reply = read_reply("\n[6]: Unknown command, but:\n  help\n  quit\n\n");

  CHECK(reply.text.empty());
  CHECK(reply.errors == "Unknown command, but:\n  help\n  quit");
}

TEST_CASE("of several answers each is told apart", "[cli]") {
  const Reply reply = read_reply("\n1 (initial 1)\n\n[3]: No such server.\n\n2 (initial 2)\n\n");

  CHECK(reply.text == "1 (initial 1)\n\n2 (initial 2)");
  CHECK(reply.errors == "No such server.");
}
