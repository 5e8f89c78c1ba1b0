#include "health/ldap.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "test/unit/health/run_check.h"

using conf::CheckStatus;
using run_check::Then;
using std::string_view_literals::operator""sv;

namespace {

const conf::CheckDialog kLdap{.kind = conf::CheckKind::kLdap};

std::string bytes(std::string_view view) { return std::string(view); }

const std::string kSuccess = bytes("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x00\x04\x00\x04\x00"sv);
const health::Verdict kWell{CheckStatus::kL7Ok, 0, "Success"};
const health::Verdict kNoLdap{CheckStatus::kL7Invalid, 0, "Not LDAPv3 protocol"};
const health::Verdict kTimeout{CheckStatus::kL7Timeout, 0, ""};

health::Verdict wrong(std::uint32_t result) {
  return {CheckStatus::kL7Wrong, result,
          "See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9"};
}

}  // namespace

TEST_CASE("an LDAP server is asked for an anonymous bind of version 3", "[health]") {
  CHECK(run_check::said(kLdap, {}) == "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"sv);
}

TEST_CASE("an LDAP server is well when the bind is a success", "[health]") {
  // HAProxy 2.6 says the same, but for these: it waits for a message of 4 GB (L7TOUT), and for 14
  // bytes of whatever comes.
  run_check::check_each(
      kLdap,
      {
          {"well", {kSuccess}, Then::kWaits, kWell},
          {"lengths of four bytes",
           {bytes("\x30\x84\0\0\0\x10\x02\x01\x01\x61\x84\0\0\0\x07\x0a\x01\0\x04\0\x04\0"sv)},
           Then::kWaits,
           kWell},
          {"invalid credentials",
           {bytes("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x31\x04\0\x04\0"sv)},
           Then::kWaits,
           wrong(49)},
          {"version 2 alone",
           {bytes("\x30\x14\x02\x01\x01\x61\x0f\x0a\x01\x02\x04\0\x04\x08sentence"sv)},
           Then::kWaits,
           wrong(2)},
          {"half an answer", {kSuccess.substr(0, 9)}, Then::kWaits, kTimeout},
          {"half an answer, and closes",
           {kSuccess.substr(0, 9)},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "incomplete answer"}},
          {"half a length, and closes",
           {bytes("\x30\x84\0\0"sv)},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "incomplete answer"}},
          {"another message",
           {bytes("\x30\x0c\x02\x01\x02\x61\x07\x0a\x01\0\x04\0\x04\0"sv)},
           Then::kWaits,
           kNoLdap},
          {"another operation",
           {bytes("\x30\x0c\x02\x01\x01\x64\x07\x0a\x01\0\x04\0\x04\0"sv)},
           Then::kWaits,
           kNoLdap},
          {"a notice of disconnection",
           {bytes("\x30\x24\x02\x01\0\x78\x1f\x0a\x01\x34\x04\0\x04\0\x8a\x16"sv)},
           Then::kCloses,
           kNoLdap},
          {"a result of two bytes",
           {bytes("\x30\x0d\x02\x01\x01\x61\x08\x0a\x02\0\0\x04\0\x04\0"sv)},
           Then::kWaits,
           kNoLdap},
          {"a length of five bytes",
           {bytes("\x30\x85\0\0\0\0\x10\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0"sv)},
           Then::kWaits,
           kNoLdap},
          {"a length without end",
           {bytes("\x30\x80\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0\0\0"sv)},
           Then::kWaits,
           kNoLdap},
          {"a length of 4 GB",
           {bytes("\x30\x84\xff\xff\xff\xff\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0"sv)},
           Then::kWaits,
           kNoLdap},
          {"another protocol", {"HTTP/1.0 400 Bad Request\r\n\r\n"}, Then::kWaits, kNoLdap},
          {"closes",
           {},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "TCPCHK got an empty response at step 2"}},
      });
}
