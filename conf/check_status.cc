#include "conf/check_status.h"

#include <cstddef>

namespace conf {
namespace {

using enum CheckResult;

// In the order of the enumeration.
constexpr std::array<CheckStatusWords, 16> kWords = {{
    {"UNK", "Unknown", kNeutral},
    {"INI", "Initializing", kNeutral},
    {"CHECKED", "No status change", kNeutral},
    {"HANA", "Health analyze", kFailed},
    {"SOCKERR", "Socket error", kFailed},
    {"L4OK", "Layer4 check passed", kPassed},
    {"L4TOUT", "Layer4 timeout", kFailed},
    {"L4CON", "Layer4 connection problem", kFailed},
    {"L6OK", "Layer6 check passed", kPassed},
    {"L6TOUT", "Layer6 timeout", kFailed},
    {"L6RSP", "Layer6 invalid response", kFailed},
    {"L7TOUT", "Layer7 timeout", kFailed},
    {"L7RSP", "Layer7 invalid response", kFailed},
    {"L7OK", "Layer7 check passed", kPassed},
    {"L7OKC", "Layer7 check conditionally passed", kConditional},
    {"L7STS", "Layer7 wrong status", kFailed},
}};

}  // namespace

const CheckStatusWords& words_of(CheckStatus status) {
  return kWords[static_cast<std::size_t>(status)];
}

}  // namespace conf
