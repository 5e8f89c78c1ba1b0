#include "health/state.h"

#include <catch2/catch.hpp>
#include <string>

using conf::CheckResult;
using conf::InitState;
using health::State;

namespace {

// Feeds results: + success, ~ conditional success, - failure, ? none. Answers the state after each:
// U up with all lives, u up with fewer, D down without any, d down with some.
std::string after(State state, const std::string& results) {
  std::string states;
  for (const char result : results) {
    const CheckResult told = result == '+'   ? CheckResult::kPassed
                             : result == '~' ? CheckResult::kConditional
                             : result == '-' ? CheckResult::kFailed
                                             : CheckResult::kNeutral;
    const bool was_up = state.up();
    const State::Change change = state.record(told);
    CHECK((change == State::Change::kUp) == (!was_up && state.up()));
    CHECK((change == State::Change::kDown) == (was_up && !state.up()));
    if (state.up()) {
      states += state.pace() == State::Pace::kNormal ? 'U' : 'u';
    } else {
      states += state.pace() == State::Pace::kDown ? 'D' : 'd';
    }
  }
  return states;
}

}  // namespace

TEST_CASE("a server goes down after `fall` failures in a row and up after `rise` successes",
          "[health]") {
  const State fresh(2, 3, InitState::kFullyUp);

  CHECK(after(fresh, "---") == "uuD");
  CHECK(after(fresh, "--+---") == "uuUuuD");
  CHECK(after(fresh, "---+-++") == "uuDdDdU");
  CHECK(after(fresh, "---++") == "uuDdU");
  CHECK(after(fresh, "-----++") == "uuDDDdU");
}

TEST_CASE("a conditional success counts as one, a result without a word as nothing", "[health]") {
  CHECK(after(State(2, 2, InitState::kFullyDown), "~?~?") == "ddUU");
}

TEST_CASE("with rise and fall of 1 each result is the state", "[health]") {
  CHECK(after(State(1, 1, InitState::kUp), "-+-+") == "DUDU");
}

TEST_CASE("the state before the first check is the one that was asked for", "[health]") {
  CHECK(after(State(3, 3, InitState::kUp), "-") == "D");
  CHECK(after(State(3, 3, InitState::kUp), "+") == "U");
  CHECK(after(State(3, 3, InitState::kFullyUp), "-") == "u");
  CHECK(after(State(3, 3, InitState::kDown), "+") == "U");
  CHECK(after(State(3, 3, InitState::kDown), "-") == "D");
  CHECK(after(State(3, 3, InitState::kFullyDown), "+++") == "ddU");
}

TEST_CASE("errors of sessions can leave one life, or none", "[health]") {
  State doomed(2, 3, InitState::kFullyUp);
  doomed.expect_the_worst();
  CHECK(doomed.record(CheckResult::kFailed) == State::Change::kNone);
  CHECK((doomed.step() == 1 && doomed.steps() == 3));
  CHECK(doomed.record(CheckResult::kFailed) == State::Change::kDown);

  State nearly_dead(2, 3, InitState::kUp);
  nearly_dead.expect_the_worst();
  CHECK(nearly_dead.lives() == 2);

  State marked(2, 3, InitState::kFullyUp);
  CHECK(marked.fail_now() == State::Change::kDown);
  CHECK(marked.lives() == 0);
  CHECK(marked.fail_now() == State::Change::kNone);
}

TEST_CASE("the step within a state is written as HAProxy does", "[health]") {
  State state(2, 3, InitState::kFullyUp);

  CHECK((state.step() == 3 && state.steps() == 3));
  static_cast<void>(state.record(CheckResult::kFailed));
  CHECK((state.step() == 2 && state.steps() == 3));
  static_cast<void>(state.fail_now());
  static_cast<void>(state.record(CheckResult::kPassed));
  CHECK((state.step() == 1 && state.steps() == 2));
}
