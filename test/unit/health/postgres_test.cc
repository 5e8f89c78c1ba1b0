#include "health/postgres.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "test/unit/health/run_check.h"

using conf::CheckStatus;
using run_check::Then;
using std::string_view_literals::operator""sv;

namespace {

const conf::CheckDialog kPostgres{.kind = conf::CheckKind::kPostgres, .user = "bob"};

std::string message(char letter, std::string_view text) {
  std::string bytes(1, letter);
  for (const int shift : {24, 16, 8, 0})
    bytes += static_cast<char>((text.size() + 4) >> shift & 0xff);
  return bytes.append(text);
}

const health::Verdict kWell{CheckStatus::kL7Ok, 0, "PostgreSQL server is ok"};
const health::Verdict kUnknown{CheckStatus::kL7Wrong, 0, "PostgreSQL unknown error"};
const health::Verdict kTimeout{CheckStatus::kL7Timeout, 0, ""};

}  // namespace

TEST_CASE("a PostgreSQL is told a user in a startup message of protocol 3.0", "[health]") {
  CHECK(run_check::said(kPostgres, {}) == "\0\0\0\x12\0\3\0\0user\0bob\0\0"sv);
}

TEST_CASE("a PostgreSQL that asks for authentication is well, and says why it does not",
          "[health]") {
  const std::string starting = message('E',
                                       "SFATAL\0VFATAL\0C57P03\0"
                                       "Mthe database system is starting up\0"
                                       "Fpostmaster.c\0L2361\0\0"sv);
  // HAProxy 2.6 says the same, but for these: of an error it tells the first field ("FATAL"), of a
  // bare sentence what follows its sixth byte, another message than R or E it awaits up to nine
  // bytes, and the step of a missing answer is 3.
  run_check::check_each(
      kPostgres,
      {
          {"trusts", {message('R', "\0\0\0\0"sv)}, Then::kWaits, kWell},
          {"wants MD5", {message('R', "\0\0\0\5abcd"sv)}, Then::kWaits, kWell},
          {"wants SCRAM", {message('R', "\0\0\0\x0aSCRAM-SHA-256\0\0"sv)}, Then::kWaits, kWell},
          {"an unknown authentication", {message('R', "\0\0\0\x63"sv)}, Then::kWaits, kUnknown},
          {"an absurd length",
           {std::string("R\x7f\xff\xff\xff\0\0\0\0"sv)},
           Then::kWaits,
           kUnknown},
          {"half an answer", {"R"}, Then::kWaits, kTimeout},
          {"half an answer, and closes", {"R"}, Then::kCloses, kUnknown},
          {"is starting",
           {starting},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "FATAL: the database system is starting up"}},
          {"is starting, cut off within the message",
           {starting.substr(0, 33)},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "FATAL: the da"}},
          {"an error that says nothing",
           {message('E', "\0"sv)},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, ""}},
          {"half an error", {starting.substr(0, 33)}, Then::kWaits, kTimeout},
          {"an error of one byte", {"E"}, Then::kCloses, {CheckStatus::kL7Invalid, 0, ""}},
          {"a bare sentence",
           {std::string("EFATAL:  sorry, too many clients already\n\0"sv)},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "FATAL:  sorry, too many clients already"}},
          {"an error of no length",
           {std::string("E\0\0\0\0SFATAL\0"sv)},
           Then::kWaits,
           {CheckStatus::kL7Invalid, 0, ""}},
          {"another protocol", {"HTTP/1.0 400 Bad Request\r\n"}, Then::kWaits, kUnknown},
          {"closes",
           {},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "TCPCHK got an empty response at step 2"}},
      });
}
