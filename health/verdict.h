#pragma once

#include <cstdint>
#include <string>

#include "conf/check_status.h"

namespace health {

// How a check has ended.
struct Verdict {
  conf::CheckStatus status = conf::CheckStatus::kUnknown;
  std::uint32_t code = 0;  // the answer's own number, such as HTTP's 503; 0: it has none
  std::string info = {};   // for the operator; printable, of a bounded length
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

}  // namespace health
