#include "health/smtp.h"

#include <catch2/catch.hpp>

#include "test/unit/health/run_check.h"

using conf::CheckStatus;
using run_check::Then;

namespace {

const conf::CheckDialog kSmtp{.kind = conf::CheckKind::kSmtp};
const health::Verdict kTimeout{CheckStatus::kL7Timeout, 0, ""};

}  // namespace

TEST_CASE("a mail server is greeted as the configuration has it, and taken leave of", "[health]") {
  conf::CheckDialog extended = kSmtp;
  extended.hello = "EHLO lb.example";

  CHECK(run_check::said(kSmtp, {"220 a\r\n", "250 b\r\n", "221 c\r\n"}) ==
        "HELO localhost\r\nQUIT\r\n");
  CHECK(run_check::said(extended, {"220 a\r\n", "250 b\r\n", "221 c\r\n"}) ==
        "EHLO lb.example\r\nQUIT\r\n");
}

TEST_CASE("a mail server is well when it answers 2xx three times", "[health]") {
  // HAProxy 2.6 says the same, but for these: L7RSP of a greeting of several lines, L7TOUT of a
  // second or third answer that is no 2xx and of a second one of several lines, L7STS of half a
  // greeting. It counts the steps of an answer that is missing from 2, and each answer as two.
  run_check::check_each(
      kSmtp,
      {
          {"well",
           {"220 mail.x ESMTP\r\n", "250 mail.x\r\n", "221 bye\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Ok, 221, "bye"}},
          {"codes alone",
           {"220\r\n", "250\r\n", "221\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Ok, 221, ""}},
          {"line feeds alone",
           {"220 a\n", "250 b\n", "221 c\n"},
           Then::kWaits,
           {CheckStatus::kL7Ok, 221, "c"}},
          {"another 2xx",
           {"250 a\r\n", "299 b\r\n", "250 c\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Ok, 250, "c"}},
          {"several lines",
           {"220-mail.x\r\n220 ready\r\n", "250-mail.x\r\n250-SIZE 5\r\n250 HELP\r\n",
            "221-so\r\n221 long\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Ok, 221, "long"}},
          {"too busy",
           {"421 too busy\r\n"},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 421, "too busy"}},
          {"no service",
           {"554-no\r\n554 go away\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 554, "go away"}},
          {"not yet", {"120 wait\r\n"}, Then::kWaits, {CheckStatus::kL7Wrong, 120, "wait"}},
          {"no hello",
           {"220 a\r\n", "502 what\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 502, "what"}},
          {"no leave",
           {"220 a\r\n", "250 b\r\n", "500 stay\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 500, "stay"}},
          {"another protocol",
           {"hello world\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Invalid, 0, "hello world"}},
          {"four digits", {"2200 a\r\n"}, Then::kWaits, {CheckStatus::kL7Invalid, 0, "2200 a"}},
          {"no line of an answer",
           {"220-a\r\nb\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Invalid, 0, "b"}},
          {"half a greeting", {"220 a"}, Then::kWaits, kTimeout},
          {"a greeting that goes on", {"220-a\r\n"}, Then::kWaits, kTimeout},
          {"half a greeting, and closes",
           {"220 a"},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "incomplete answer"}},
          {"closes",
           {},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "TCPCHK got an empty response at step 1"}},
          {"closes after QUIT",
           {"220 a\r\n", "250 b\r\n"},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 0, "TCPCHK got an empty response at step 5"}},
          {"lines without end",
           {std::string(20'000, '2')},
           Then::kWaits,
           {CheckStatus::kL7Invalid, 0, "incomplete answer"}},
          {"control characters",
           {"554 \x1b[2J\xff\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 554, "<1B>[2J<FF>"}},
      });
}
