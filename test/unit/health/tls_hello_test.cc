#include "health/tls_hello.h"

#include <catch2/catch.hpp>
#include <string>
#include <variant>
#include <vector>

#include "test/support/check_server.h"

using conf::CheckStatus;
using support::play;
using End = support::CheckServer::End;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string text;
  for (const int value : values) text += static_cast<char>(value);
  return text;
}

}  // namespace

TEST_CASE("a server that answers in TLS is well, and no other", "[health]") {
  const health::Plan plan = health::make_plan({.kind = conf::CheckKind::kTlsHello});
  const std::string own_hello = std::get<health::Send>(plan.steps[1]).bytes;
  struct Row {
    std::string what;
    std::string answer;
    End end;
    CheckStatus status;
  };
  const std::vector<Row> rows = {
      {"ServerHello", bytes({22, 3, 3, 0, 80, 2, 0, 0, 76, 3, 3}), End::kSilence,
       CheckStatus::kL6Ok},
      {"fatal alert", bytes({21, 3, 1, 0, 2, 2, 40}), End::kFin, CheckStatus::kL6Ok},
      {"warning", bytes({21, 3, 3, 0, 2, 1, 112}), End::kSilence, CheckStatus::kL6Ok},
      {"alert of another size", bytes({21, 3, 3, 0, 3, 1, 112, 0}), End::kSilence,
       CheckStatus::kL6Invalid},
      {"alert of no level", bytes({21, 3, 3, 0, 2, 9, 0}), End::kSilence, CheckStatus::kL6Invalid},
      {"application data", bytes({23, 3, 3, 0, 2, 1, 1}), End::kSilence, CheckStatus::kL6Invalid},
      {"SSLv2", bytes({0x80, 0x2e, 1, 0, 2, 0}), End::kSilence, CheckStatus::kL6Invalid},
      {"another version", bytes({22, 4, 0, 0, 80, 2}), End::kSilence, CheckStatus::kL6Invalid},
      {"an empty record", bytes({22, 3, 3, 0, 0, 2}), End::kSilence, CheckStatus::kL6Invalid},
      {"a record too long", bytes({22, 3, 3, 0x40, 1, 2}), End::kSilence, CheckStatus::kL6Invalid},
      {"an echo", own_hello, End::kSilence, CheckStatus::kL6Invalid},
      {"text", "HTTP/1.1 400 Bad Request\r\n", End::kSilence, CheckStatus::kL6Invalid},
      {"too little", bytes({22, 3, 3, 0, 80}), End::kSilence, CheckStatus::kL6Timeout},
      {"too little, and the end", bytes({22, 3, 3, 0, 80}), End::kFin, CheckStatus::kL6Invalid},
      {"nothing", "", End::kFin, CheckStatus::kL6Invalid},
      {"silence", "", End::kSilence, CheckStatus::kL6Timeout},
      {"a reset", "", End::kReset, CheckStatus::kSocketError},
  };
  for (const auto& row : rows) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{4}, std::size_t{999}}) {
      INFO(row.what << ", in pieces of " << piece);
      CHECK(play(plan, {.answers = {"", row.answer}, .end = row.end, .piece = piece}).status ==
            row.status);
    }
  }
}

TEST_CASE("every length in the hello is that of what it counts", "[health]") {
  const health::Plan plan = health::make_plan({.kind = conf::CheckKind::kTlsHello});
  const std::string& hello = std::get<health::Send>(plan.steps[1]).bytes;
  const auto u8 = [&](std::size_t at) {
    return std::size_t{static_cast<unsigned char>(hello[at])};
  };
  const auto u16 = [&](std::size_t at) { return (u8(at) << 8U) | u8(at + 1); };

  CHECK(u16(3) == hello.size() - 5);                     // the record
  CHECK(((u8(6) << 16U) | u16(7)) == hello.size() - 9);  // the ClientHello
  std::size_t at = 9 + 2 + 32;
  at += 1 + u8(at);   // the session id
  at += 2 + u16(at);  // the ciphers
  at += 1 + u8(at);   // the compressions
  CHECK(u16(at) == hello.size() - at - 2);
  at += 2;
  while (at + 4 <= hello.size()) at += 4 + u16(at + 2);
  CHECK(at == hello.size());
}
