#include "health/mysql.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "test/unit/health/run_check.h"

using conf::CheckStatus;
using run_check::Case;
using run_check::Then;
using std::string_literals::operator""s;
using std::string_view_literals::operator""sv;

namespace {

std::string packet(int number, std::string_view payload) {
  std::string bytes;
  for (const int shift : {0, 8, 16}) bytes += static_cast<char>(payload.size() >> shift & 0xff);
  bytes += static_cast<char>(number);
  return bytes.append(payload);
}

conf::CheckDialog greeting_only() { return {.kind = conf::CheckKind::kMysql}; }
conf::CheckDialog with_user() { return {.kind = conf::CheckKind::kMysql, .user = "bob"}; }

// As MySQL 8.0 and MariaDB 10.11 of Debian 12 greet.
const std::string kMysql8 =
    packet(0,
           "\x0a"
           "8.0.36\0\x05\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0"
           "ijklmnopqrst\0caching_sha2_password\0"sv);
const std::string kMariaDb =
    packet(0,
           "\x0a"
           "5.5.5-10.11.6-MariaDB-0+deb12u1\0\x05\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15"
           "\0\0\0\0\0\0\x1d\0\0\0ijklmnopqrst\0mysql_native_password\0"sv);
const std::string kOk = packet(2, "\0\0\0\2\0\0\0"sv);
const std::string kSwitch = packet(2, "\xfemysql_native_password\0abcdefghijklmnopqrst\0"sv);
const std::string kTooMany = packet(0, "\xff\x10\x04Too many connections"sv);
const std::string kDenied = packet(2, "\xff\x15\x04#28000Access denied for user 'bob'"sv);

const health::Verdict kVersion8{CheckStatus::kL7Ok, 0, "8.0.36"};
const health::Verdict kNoMysql{CheckStatus::kL7Invalid, 0, "Not MySQL protocol"};
const health::Verdict kHalf{CheckStatus::kL7Invalid, 0, "incomplete answer"};
const health::Verdict kTimeout{CheckStatus::kL7Timeout, 0, ""};

}  // namespace

TEST_CASE("a check of MySQL signs in and out with HAProxy's very bytes", "[health]") {
  conf::CheckDialog old = with_user();
  old.mysql_pre_41 = true;

  CHECK(run_check::said(greeting_only(), {kMysql8}).empty());
  CHECK(run_check::said(with_user(), {kMysql8 + kOk}) ==
        "\x25\0\0\1\x00\x82\0\0\x00\x80\0\1\x21\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
        "bob\0\0\1\0\0\0\1"sv);
  CHECK(run_check::said(old, {kMysql8 + kOk}) == "\x0a\0\0\1\x00\x80\0\0\1bob\0\0\1\0\0\0\1"sv);
}

TEST_CASE("without a user the greeting of a MySQL decides", "[health]") {
  // HAProxy 2.6 says the same, but for these: it waits for lengths that cannot be (L7TOUT), and
  // takes any short packet for a greeting, of which it then tells the bytes that lie behind it. The
  // step of a missing answer is 2, and of half an answer it tells nothing.
  run_check::check_each(
      greeting_only(),
      {
          {"MySQL 8", {kMysql8}, Then::kWaits, kVersion8},
          {"MariaDB",
           {kMariaDb},
           Then::kWaits,
           {CheckStatus::kL7Ok, 0, "5.5.5-10.11.6-MariaDB-0+deb12u1"}},
          {"MySQL 3.20",
           {packet(0,
                   "\x09"
                   "3.20.32\0\1\0\0\0abcdefgh\0"sv)},
           Then::kWaits,
           {CheckStatus::kL7Ok, 0, "3.20.32"}},
          {"is full",
           {kTooMany},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 1040, "Too many connections"}},
          {"is full and has a state",
           {packet(0, "\xff\x10\x04#08004Too many connections"sv)},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 1040, "#08004Too many connections"}},
          {"host not allowed",
           {packet(0, "\xff\x6a\x04Host 'h' is not allowed to connect"sv)},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 1130, "Host 'h' is not allowed to connect"}},
          {"an error without text",
           {packet(0, "\xff\x10\x04"sv)},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 1040, ""}},
          {"an error without number",
           {packet(0, "\xff"sv)},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 0, ""}},
          {"half a header", {"\x4a"}, Then::kWaits, kTimeout},
          {"half a header, and closes", {"\x4a"}, Then::kCloses, kHalf},
          {"half a greeting", {kMysql8.substr(0, 30)}, Then::kWaits, kTimeout},
          {"half a greeting, and closes", {kMysql8.substr(0, 30)}, Then::kCloses, kHalf},
          {"closes",
           {},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "TCPCHK got an empty response at step 1"}},
          {"another protocol", {"HTTP/1.0 400 Bad Request\r\n\r\n"}, Then::kWaits, kNoMysql},
          {"the greatest length",
           {"\xff\xff\xff"s + std::string(5000, '\x0a')},
           Then::kWaits,
           kNoMysql},
          {"a packet of no length", {std::string(4, '\0')}, Then::kWaits, kNoMysql},
          {"a version without end",
           {packet(0,
                   "\x0a"
                   "8.0.36"sv)},
           Then::kWaits,
           kNoMysql},
          {"another version of the protocol",
           {packet(0,
                   "\x0b"
                   "9\0"sv)},
           Then::kWaits,
           kNoMysql},
          {"a version that does not print",
           {packet(0,
                   "\x0a"
                   "8\x1b\xff\0"sv)},
           Then::kWaits,
           {CheckStatus::kL7Ok, 0, "8<1B><FF>"}},
      });
}

TEST_CASE("with a user a MySQL is well unless it refuses", "[health]") {
  // HAProxy 2.6 has the same statuses, and nothing to tell of an answer that ends early.
  run_check::check_each(
      with_user(),
      {
          {"signed in", {kMysql8 + kOk}, Then::kWaits, kVersion8},
          {"another way to sign in", {kMysql8 + kSwitch}, Then::kWaits, kVersion8},
          {"the old way to sign in", {kMysql8 + packet(2, "\xfe"sv)}, Then::kWaits, kVersion8},
          {"an empty packet", {kMysql8 + packet(2, "")}, Then::kWaits, kVersion8},
          {"denied",
           {kMysql8 + kDenied},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 1045, "#28000Access denied for user 'bob'"}},
          {"is full",
           {kTooMany},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 1040, "Too many connections"}},
          {"greets, and closes", {kMysql8}, Then::kCloses, kHalf},
          {"greets, and waits", {kMysql8}, Then::kWaits, kTimeout},
          {"half a refusal", {kMysql8 + kDenied.substr(0, 14)}, Then::kCloses, kHalf},
      });
}
