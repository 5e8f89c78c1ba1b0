#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "conf/check.h"
#include "health/judge.h"
#include "health/verdict.h"

namespace health {

// A connection to open; an open one is closed before.
using Connect = conf::CheckConnect;

struct Send {
  std::string bytes;
  std::string comment = {};
};

struct Expect {
  std::unique_ptr<const Judge> judge;
  std::string comment = {};
  // A kL7Conditional of this judge is its word for well, so that steps after it are gone through.
  bool conditional_goes_on = false;
};

using Step = std::variant<Connect, Send, Expect>;

// What a check does, step by step: made once, run by every check that shares it. Its first step is
// a Connect.
struct Plan {
  std::vector<Step> steps;
  Verdict passed = {.status = conf::CheckStatus::kL7Ok};  // when its last step is no Expect
  // A script of the operator's: what is told of it names the step. HAProxy counts them from 1, or
  // from 0 when nobody wrote the first connect.
  bool is_script = false;
  bool connect_is_written = false;
};

// `dialog` is as a reader of the configuration has left it: whole, with patterns that compile.
[[nodiscard]] Plan make_plan(const conf::CheckDialog& dialog);

}  // namespace health
