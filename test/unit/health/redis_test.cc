#include "health/redis.h"

#include <catch2/catch.hpp>

#include "test/unit/health/run_check.h"

using conf::CheckStatus;
using run_check::Then;

namespace {

const conf::CheckDialog kRedis{.kind = conf::CheckKind::kRedis};

}  // namespace

TEST_CASE("a Redis is asked with PING as an array of one bulk string", "[health]") {
  CHECK(run_check::said(kRedis, {}) == "*1\r\n$4\r\nPING\r\n");
}

TEST_CASE("a Redis that says +PONG is well, and any other line is told of", "[health]") {
  // HAProxy 2.6 says the same of those that close, and L7TOUT of those that wait.
  run_check::check_each(
      kRedis,
      {
          {"well", {"+PONG\r\n"}, Then::kWaits, {CheckStatus::kL7Ok, 0, "Redis server is ok"}},
          {"wants a password",
           {"-NOAUTH Authentication required.\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 0, "-NOAUTH Authentication required."}},
          {"is loading",
           {"-LOADING Redis is loading the dataset in memory\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 0, "-LOADING Redis is loading the dataset in memory"}},
          {"cannot save",
           {"-MISCONF Redis is configured to save RDB snapshots\r\n"},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 0, "-MISCONF Redis is configured to save RDB snapshots"}},
          {"is protected",
           {"-DENIED Redis is running in protected mode\r\n"},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 0, "-DENIED Redis is running in protected mode"}},
          {"another word", {"+PONGX\r\n"}, Then::kWaits, {CheckStatus::kL7Wrong, 0, "+PONGX"}},
          {"ends within the line", {"+PO"}, Then::kCloses, {CheckStatus::kL7Wrong, 0, "+PO"}},
          {"ends before the end of the line",
           {"+PONG\r"},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 0, "+PONG<0D>"}},
          {"half a line", {"+PO"}, Then::kWaits, {CheckStatus::kL7Timeout, 0, ""}},
          {"a line feed alone", {"+PONG\n"}, Then::kWaits, {CheckStatus::kL7Timeout, 0, ""}},
          {"says nothing", {}, Then::kWaits, {CheckStatus::kL7Timeout, 0, ""}},
          {"closes",
           {},
           Then::kCloses,
           {CheckStatus::kL7Wrong, 0, "TCPCHK got an empty response at step 2"}},
          {"bytes of a stranger",
           {std::string("-\0\x1b[2J\xff\r\n", 9)},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 0, "-<00><1B>[2J<FF>"}},
          {"a line without end",
           {std::string(20'000, '-')},
           Then::kWaits,
           {CheckStatus::kL7Wrong, 0, std::string(127, '-')}},
      });
}
