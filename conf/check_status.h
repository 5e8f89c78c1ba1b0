#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace conf {

// How a check of a server ended, in HAProxy's classes and with its codes (configuration.txt,
// `tcp-check expect`; management.txt, check_status).
enum class CheckStatus : std::uint8_t {
  kUnknown,
  kInitial,   // no check has ended yet
  kChecked,   // ended without a word on the server's health
  kAnalyzed,  // what sessions have met, not a check
  kSocketError,
  kL4Ok,
  kL4Timeout,
  kL4Connection,  // refused, unreachable, reset
  kL6Ok,
  kL6Timeout,
  kL6Invalid,
  kL7Timeout,
  kL7Invalid,
  kL7Ok,
  kL7Conditional,  // well, but it wants no new sessions
  kL7Wrong,        // an answer, and a bad one
};

enum class CheckResult : std::uint8_t { kNeutral, kFailed, kPassed, kConditional };

struct CheckStatusWords {
  std::string_view code;         // "L4CON"
  std::string_view description;  // "Layer4 connection problem"
  CheckResult result = CheckResult::kNeutral;
};

[[nodiscard]] const CheckStatusWords& words_of(CheckStatus status);

[[nodiscard]] inline CheckResult result_of(CheckStatus status) { return words_of(status).result; }

}  // namespace conf
