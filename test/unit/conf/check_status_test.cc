#include "conf/check_status.h"

#include <catch2/catch.hpp>

using conf::CheckResult;
using conf::CheckStatus;

TEST_CASE("each check status has HAProxy's code and words", "[conf]") {
  CHECK(conf::words_of(CheckStatus::kInitial).code == "INI");
  CHECK(conf::words_of(CheckStatus::kL4Connection).code == "L4CON");
  CHECK(conf::words_of(CheckStatus::kL4Connection).description == "Layer4 connection problem");
  CHECK(conf::words_of(CheckStatus::kL6Invalid).code == "L6RSP");
  CHECK(conf::words_of(CheckStatus::kL7Wrong).code == "L7STS");
  CHECK(conf::words_of(CheckStatus::kL7Wrong).description == "Layer7 wrong status");
}

TEST_CASE("a check status passes, fails, or says nothing of the server", "[conf]") {
  CHECK(conf::result_of(CheckStatus::kL4Ok) == CheckResult::kPassed);
  CHECK(conf::result_of(CheckStatus::kL7Conditional) == CheckResult::kConditional);
  CHECK(conf::result_of(CheckStatus::kL7Timeout) == CheckResult::kFailed);
  CHECK(conf::result_of(CheckStatus::kSocketError) == CheckResult::kFailed);
  CHECK(conf::result_of(CheckStatus::kInitial) == CheckResult::kNeutral);
}
