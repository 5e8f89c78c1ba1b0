#include "health/dialog.h"

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

using conf::CheckStatus;
using health::Dialog;
using health::Verdict;

namespace {

// Wants a line, and that it is this one.
class Line final : public health::Judge {
 public:
  explicit Line(std::string line) : line_(std::move(line)) {}
  std::optional<Verdict> judge(std::string_view input, bool /*last*/) const override {
    const auto end = input.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    if (input.substr(0, end) == line_) return Verdict{.status = CheckStatus::kL7Ok};
    return Verdict{.status = CheckStatus::kL7Invalid, .info = "another line"};
  }
  std::string describe() const override { return "expect line '" + line_ + "'"; }

 private:
  std::string line_;
};

// Wants all that comes until the end.
class Rest final : public health::Judge {
 public:
  std::optional<Verdict> judge(std::string_view /*input*/, bool last) const override {
    if (!last) return std::nullopt;
    return Verdict{.status = CheckStatus::kL7Ok};
  }
};

// Looks for a letter, and counts how often it was asked to.
class Letter final : public health::Judge {
 public:
  Letter(char letter, bool costly, int& looks) : letter_(letter), costly_(costly), looks_(looks) {}
  std::optional<Verdict> judge(std::string_view input, bool /*last*/) const override {
    ++looks_;
    if (!input.contains(letter_)) return std::nullopt;
    return Verdict{.status = CheckStatus::kL7Ok};
  }
  bool costly() const override { return costly_; }
  std::string describe() const override { return {letter_}; }

 private:
  char letter_;
  bool costly_;
  int& looks_;
};

// Connects and waits for an 'a', then for a 'b'.
health::Plan letters(bool costly, int& looks) {
  health::Plan plan;
  plan.steps.emplace_back(health::Connect{});
  plan.steps.emplace_back(health::Expect{std::make_unique<Letter>('a', costly, looks)});
  plan.steps.emplace_back(health::Expect{std::make_unique<Letter>('b', costly, looks)});
  return plan;
}

// Connects, says "hello", and waits for "welcome".
health::Plan greeting() {
  health::Plan plan;
  plan.steps.emplace_back(health::Connect{});
  plan.steps.emplace_back(health::Send{.bytes = "hello\n"});
  plan.steps.emplace_back(
      health::Expect{.judge = std::make_unique<Line>("welcome"), .comment = "polite"});
  return plan;
}

template <typename T>
bool is(const Dialog::Act& act) {
  return std::holds_alternative<T>(act);
}

// The dialog, when it is waiting for the answer.
Dialog waiting(const health::Plan& plan) {
  Dialog dialog(plan);
  REQUIRE(is<const health::Connect*>(dialog.begin()));
  REQUIRE(is<const health::Send*>(dialog.connected()));
  REQUIRE(is<Dialog::Receive>(dialog.sent()));
  return dialog;
}

// The last act after so many pieces of one byte each.
Dialog::Act drip(Dialog& dialog, std::size_t pieces) {
  Dialog::Act act = Dialog::Receive{};
  for (std::size_t i = 0; i < pieces && is<Dialog::Receive>(act); ++i) act = dialog.received("x");
  return act;
}

}  // namespace

TEST_CASE("a connection is all that a plain check wants", "[health]") {
  const health::Plan plan = health::make_plan({});
  Dialog dialog(plan);

  REQUIRE(is<const health::Connect*>(dialog.begin()));
  CHECK(std::get<Verdict>(dialog.connected()) == Verdict{.status = CheckStatus::kL4Ok});
}

TEST_CASE("an answer may come in pieces of any size", "[health]") {
  const health::Plan plan = greeting();
  Dialog dialog = waiting(plan);

  for (const char byte : std::string("welcome")) {
    REQUIRE(is<Dialog::Receive>(dialog.received({&byte, 1})));
  }
  CHECK(std::get<Verdict>(dialog.received("\nmore")).status == CheckStatus::kL7Ok);
}

TEST_CASE("a wrong answer ends the check at once", "[health]") {
  const health::Plan plan = greeting();
  Dialog dialog = waiting(plan);

  CHECK(std::get<Verdict>(dialog.received("go away\n")).info == "another line comment: polite");
}

TEST_CASE("an answer that ends early, or never begins, is an invalid one", "[health]") {
  const health::Plan plan = greeting();
  Dialog half = waiting(plan);
  Dialog none = waiting(plan);

  REQUIRE(is<Dialog::Receive>(half.received("welc")));
  CHECK(std::get<Verdict>(half.ended()).status == CheckStatus::kL7Invalid);
  CHECK(std::get<Verdict>(none.ended()).status == CheckStatus::kL7Invalid);
}

TEST_CASE("an answer without end is given up when there is no more room for it", "[health]") {
  const health::Plan plan = greeting();
  Dialog dialog = waiting(plan);

  const std::string flood(1 << 20, 'x');
  CHECK(std::get<Verdict>(dialog.received(flood)).status == CheckStatus::kL7Invalid);
}

TEST_CASE("time that runs out is told by what was waited for", "[health]") {
  health::Plan plan = greeting();
  Dialog dialog(plan);
  static_cast<void>(dialog.begin());

  CHECK(dialog.timed_out() == Verdict{.status = CheckStatus::kL4Timeout});
  static_cast<void>(dialog.connected());
  static_cast<void>(dialog.sent());
  CHECK(dialog.timed_out() == Verdict{.status = CheckStatus::kL7Timeout});
  plan.is_script = true;
  CHECK(dialog.timed_out().info ==
        " at step 2 of tcp-check (expect line 'welcome') comment: 'polite'");
}

TEST_CASE("after the end of a connection nothing is waited for until there is another",
          "[health]") {
  health::Plan plan;
  plan.steps.emplace_back(health::Connect{});
  plan.steps.emplace_back(health::Expect{.judge = std::make_unique<Rest>()});
  plan.steps.emplace_back(health::Connect{});
  plan.steps.emplace_back(health::Expect{.judge = std::make_unique<Rest>()});
  plan.steps.emplace_back(health::Send{.bytes = "more"});
  plan.steps.emplace_back(health::Expect{.judge = std::make_unique<Rest>()});
  Dialog dialog(plan);

  REQUIRE(is<const health::Connect*>(dialog.begin()));
  REQUIRE(is<Dialog::Receive>(dialog.connected()));
  REQUIRE(is<Dialog::Receive>(dialog.received("bytes")));
  REQUIRE(is<const health::Connect*>(dialog.ended()));
  REQUIRE(is<Dialog::Receive>(dialog.connected()));
  REQUIRE(is<Dialog::Receive>(dialog.received("bytes")));
  REQUIRE(is<const health::Send*>(dialog.ended("Connection reset by peer")));
  CHECK(std::get<Verdict>(dialog.sent()) ==
        Verdict{.status = CheckStatus::kSocketError, .info = "Connection reset by peer"});
}

TEST_CASE("a step without a description is not told of when time is up", "[health]") {
  health::Plan plan;
  plan.steps.emplace_back(health::Connect{});
  plan.steps.emplace_back(health::Send{.bytes = "hello\n"});
  Dialog dialog(plan);
  static_cast<void>(dialog.begin());
  static_cast<void>(dialog.connected());

  CHECK(dialog.timed_out() == Verdict{.status = CheckStatus::kL7Timeout});
}

TEST_CASE("a judge says what a missing and a half answer end the check with", "[health]") {
  struct Strict final : health::Judge {
    std::optional<Verdict> judge(std::string_view /*input*/, bool /*last*/) const override {
      return std::nullopt;
    }
    CheckStatus error_status() const override { return CheckStatus::kL7Wrong; }
  };
  health::Plan plan = greeting();
  plan.steps.back() = health::Expect{std::make_unique<Strict>()};
  Dialog half = waiting(plan);
  Dialog none = waiting(plan);

  REQUIRE(is<Dialog::Receive>(half.received("welc")));
  CHECK(std::get<Verdict>(half.ended()) ==
        Verdict{.status = CheckStatus::kL7Wrong, .info = "incomplete answer"});
  CHECK(std::get<Verdict>(none.ended()).status == CheckStatus::kL7Wrong);
}

TEST_CASE("a costly judge is asked 26 times when 16 KiB come byte by byte", "[health]") {
  int looks = 0;
  const health::Plan plan = letters(true, looks);
  Dialog dialog(plan);
  static_cast<void>(dialog.begin());
  static_cast<void>(dialog.connected());

  REQUIRE(is<Dialog::Receive>(drip(dialog, health::kMostInput - 1)));
  CHECK(is<Verdict>(drip(dialog, 1)));
  CHECK(looks == 16 + 10);  // at 1 to 16 bytes, then at 32 to 16,384
}

TEST_CASE("any other judge is asked for every piece", "[health]") {
  int looks = 0;
  const health::Plan plan = letters(false, looks);
  Dialog dialog(plan);
  static_cast<void>(dialog.begin());
  static_cast<void>(dialog.connected());

  REQUIRE(is<Dialog::Receive>(drip(dialog, 100)));
  CHECK(looks == 100);
}

TEST_CASE("a costly judge sees a match in one of the first pieces of its step at once",
          "[health]") {
  int looks = 0;
  const health::Plan plan = letters(true, looks);
  Dialog dialog(plan);
  static_cast<void>(dialog.begin());
  static_cast<void>(dialog.connected());

  REQUIRE(is<Dialog::Receive>(drip(dialog, 15)));
  REQUIRE(is<Dialog::Receive>(dialog.received("a")));
  REQUIRE(is<Dialog::Receive>(drip(dialog, 10)));
  CHECK(is<Verdict>(dialog.received("b")));
}

TEST_CASE("what a costly judge has put off is judged when the connection or the time ends",
          "[health]") {
  int looks = 0;
  const health::Plan plan = letters(true, looks);
  const auto held_back = [&plan](std::string_view bytes) {
    Dialog dialog(plan);
    static_cast<void>(dialog.begin());
    static_cast<void>(dialog.connected());
    REQUIRE(is<Dialog::Receive>(drip(dialog, 16)));
    REQUIRE(is<Dialog::Receive>(dialog.received(bytes)));
    return dialog;
  };

  CHECK(std::get<Verdict>(held_back("ab").ended()).status == CheckStatus::kL7Ok);
  CHECK(held_back("ab").timed_out().status == CheckStatus::kL7Ok);
  CHECK(held_back("xx").timed_out().status == CheckStatus::kL7Timeout);
}

TEST_CASE("a step that was put off and passes leaves the time-out to the next one", "[health]") {
  int looks = 0;
  health::Plan plan = letters(true, looks);
  plan.is_script = true;
  Dialog dialog(plan);
  static_cast<void>(dialog.begin());
  static_cast<void>(dialog.connected());
  REQUIRE(is<Dialog::Receive>(drip(dialog, 16)));
  REQUIRE(is<Dialog::Receive>(dialog.received("a")));

  CHECK(dialog.timed_out() ==
        Verdict{.status = CheckStatus::kL7Timeout, .info = " at step 2 of tcp-check (b)"});
}
