#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "health/dialog.h"

// Runs the check of a protocol against a server that says what it was told to.
namespace run_check {

enum class Then : bool { kWaits, kCloses };

struct Case {
  std::string what;
  std::vector<std::string>
      answers;               // each to what the check said last; the first may be a greeting
  Then then = Then::kWaits;  // after them
  health::Verdict verdict = {};
};

struct Outcome {
  health::Verdict verdict;
  std::string said;  // by the check
};

// Each answer comes in pieces: one of `first` bytes, then such of `piece` bytes.
inline Outcome run(const health::Plan& plan, const Case& server, std::size_t first,
                   std::size_t piece) {
  health::Dialog dialog(plan);
  Outcome outcome;
  std::size_t next = 0;
  health::Dialog::Act act = dialog.begin();
  while (!std::holds_alternative<health::Verdict>(act)) {
    if (std::holds_alternative<const health::Connect*>(act)) {
      act = dialog.connected();
    } else if (const auto* const send = std::get_if<const health::Send*>(&act)) {
      outcome.said += (*send)->bytes;
      act = dialog.sent();
    } else if (next == server.answers.size()) {
      act = server.then == Then::kCloses ? dialog.ended() : dialog.timed_out();
    } else {
      std::string_view left = server.answers[next++];
      std::size_t size = first;
      while (!left.empty() && std::holds_alternative<health::Dialog::Receive>(act)) {
        act = dialog.received(left.substr(0, size));
        left.remove_prefix(std::min(size, left.size()));
        size = piece;
      }
    }
  }
  outcome.verdict = std::get<health::Verdict>(act);
  return outcome;
}

inline std::string said(const conf::CheckDialog& check, const std::vector<std::string>& answers) {
  return run(health::make_plan(check), {"", answers}, 1 << 20, 1 << 20).said;
}

// Each case ends as it says, at whichever byte its answers are split.
inline void check_each(const conf::CheckDialog& check, const std::vector<Case>& cases) {
  const health::Plan plan = health::make_plan(check);
  const auto check_one = [&plan](const Case& server, std::size_t first, std::size_t piece) {
    INFO(server.what << ", split at " << first << ", in pieces of " << piece);
    const health::Verdict verdict = run(plan, server, first, piece).verdict;
    CHECK(conf::words_of(verdict.status).code == conf::words_of(server.verdict.status).code);
    CHECK(verdict.code == server.verdict.code);
    CHECK(verdict.info == server.verdict.info);
  };
  for (const Case& server : cases) {
    std::size_t longest = 1;
    for (const std::string& answer : server.answers) longest = std::max(longest, answer.size());
    check_one(server, 1, 1);
    for (std::size_t first = 1; first <= std::min<std::size_t>(longest, 200); ++first)
      check_one(server, first, longest);
  }
}

}  // namespace run_check
