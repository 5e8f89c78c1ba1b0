#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "health/verdict.h"

namespace health {

// Judges what a server has answered to one step of a check. Const, and shared by all checks that
// have the step. The bytes are a stranger's: nothing is assumed of them.
class Judge {
 public:
  virtual ~Judge() = default;

  // `input` is all that came since the last send, at most kMostInput bytes and never empty, however
  // it was cut. nullopt: more is needed. A verdict that passes lets the check go on with its next
  // step, and stands when there is none; any other ends it (but see Expect::conditional_goes_on).
  // `last`: no more will come, so nullopt means that the answer is incomplete.
  [[nodiscard]] virtual std::optional<Verdict> judge(std::string_view input, bool last) const = 0;

  // Asked before judge(), of a server that is up: an answer by which it wants no new sessions, and
  // which ends the check.
  [[nodiscard]] virtual std::optional<Verdict> stopping(std::string_view /*input*/) const {
    return std::nullopt;
  }

  // Whether judge() may take milliseconds, so that it is not asked for every piece of an answer.
  [[nodiscard]] virtual bool costly() const { return false; }

  // Completes " at step 2 of tcp-check", in a script: "expect string 'x'".
  [[nodiscard]] virtual std::string describe() const { return {}; }

  // What the check ends with when time runs out here, and when the answer is missing or incomplete.
  [[nodiscard]] virtual conf::CheckStatus timeout_status() const {
    return conf::CheckStatus::kL7Timeout;
  }
  [[nodiscard]] virtual conf::CheckStatus error_status() const {
    return conf::CheckStatus::kL7Invalid;
  }

  // Whether what came before a reset is judged as if a FIN had followed. Where the end of the
  // connection may be the end of the answer, a reset makes it a torn one.
  [[nodiscard]] virtual bool survives_reset() const { return true; }
};

// What is read of an answer; the rest stays with the server.
inline constexpr std::size_t kMostInput = 16'384;

}  // namespace health
