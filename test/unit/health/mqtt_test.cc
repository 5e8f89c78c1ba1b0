#include "health/mqtt.h"

#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "test/unit/health/run_check.h"

using conf::CheckStatus;
using run_check::Then;
using std::string_view_literals::operator""sv;

namespace {

const conf::CheckDialog kMqtt{.kind = conf::CheckKind::kMqtt};
const health::Verdict kNoMqtt{CheckStatus::kL7Invalid, 0, "Not MQTT 3.1.1 protocol"};

std::string connack(char code) { return std::string("\x20\x02\x00"sv) + code; }

}  // namespace

TEST_CASE("an MQTT broker that accepts is taken leave of", "[health]") {
  constexpr auto kConnect = "\x10\x0c\x00\x04MQTT\x04\x02\x00\x3c\x00\x00"sv;

  CHECK(run_check::said(kMqtt, {connack(0)}) == std::string(kConnect) + std::string("\xe0\0"sv));
  CHECK(run_check::said(kMqtt, {connack(5)}) == kConnect);
}

TEST_CASE("an MQTT broker is well when it accepts, and its refusal is told by name", "[health]") {
  run_check::check_each(
      kMqtt,
      {
          {"accepts", {connack(0)}, Then::kWaits, {CheckStatus::kL7Ok, 0, "connection accepted"}},
          {"accepts, and closes",
           {connack(0)},
           Then::kCloses,
           {CheckStatus::kL7Ok, 0, "connection accepted"}},
          {"version",
           {connack(1)},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 1, "unacceptable protocol version"}},
          {"identifier",
           {connack(2)},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 2, "identifier rejected"}},
          {"unavailable",
           {connack(3)},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 3, "server unavailable"}},
          {"password",
           {connack(4)},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 4, "bad user name or password"}},
          {"not authorized",
           {connack(5)},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 5, "not authorized"}},
          {"a code of no meaning", {connack(6)}, Then::kWaits, kNoMqtt},
          {"a code of version 5", {connack('\x87')}, Then::kWaits, kNoMqtt},
          {"a session that was not asked for",
           {std::string("\x20\x02\x01\x00"sv)},
           Then::kWaits,
           kNoMqtt},
          {"another packet", {std::string("\x30\x02\0\0"sv)}, Then::kWaits, kNoMqtt},
          {"another length", {std::string("\x20\xff\xff\xff\x7f\0\0"sv)}, Then::kWaits, kNoMqtt},
          {"another protocol", {"HTTP/1.0 400 Bad Request\r\n\r\n"}, Then::kWaits, kNoMqtt},
          {"half an answer",
           {connack(0).substr(0, 3)},
           Then::kWaits,
           {CheckStatus::kL7Timeout, 0, ""}},
          {"half an answer, and closes",
           {connack(0).substr(0, 3)},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "incomplete answer"}},
          {"closes",
           {},
           Then::kCloses,
           {CheckStatus::kL7Invalid, 0, "TCPCHK got an empty response at step 2"}},
      });
}
