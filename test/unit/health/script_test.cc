#include "health/script.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "test/support/check_server.h"

using conf::CheckConnect;
using conf::CheckExpect;
using conf::CheckSend;
using conf::CheckStatus;
using health::Verdict;
using support::CheckServer;
using support::play;
using Match = conf::CheckExpect::Match;
using End = support::CheckServer::End;

namespace {

health::Plan script(std::vector<conf::CheckStep> steps) {
  return health::make_plan({.kind = conf::CheckKind::kScript, .steps = std::move(steps)});
}

CheckExpect string(std::string pattern, std::string comment = {}) {
  return {.pattern = std::move(pattern), .comment = std::move(comment)};
}

CheckExpect of(Match match, std::string pattern, bool negated = false) {
  return {.match = match, .negated = negated, .pattern = std::move(pattern)};
}

CheckExpect with_min(CheckExpect expect, std::uint32_t min_recv) {
  expect.min_recv = min_recv;
  return expect;
}

struct Row {
  std::string what;
  std::vector<conf::CheckStep> steps;
  std::vector<std::string> answers;  // after the connect, and after each send
  End end;
  CheckStatus status;
  std::string info;
};

}  // namespace

// After what HAProxy 2.6 said to scripted servers; most rows are a case tried with it.
TEST_CASE("a script ends as in HAProxy, however the answer is cut", "[health]") {
  const auto kOk = CheckStatus::kL7Ok;
  const auto kRsp = CheckStatus::kL7Invalid;
  const auto kTout = CheckStatus::kL7Timeout;
  const std::string passed = "(tcp-check)";
  const std::vector<Row> rows = {
      {"found", {string("world")}, {"hello world\n"}, End::kSilence, kOk, passed},
      {"not yet",
       {string("world", "greet")},
       {"hello\n"},
       End::kSilence,
       kTout,
       " at step 1 of tcp-check (expect string 'world') comment: 'greet'"},
      {"never",
       {string("world", "greet")},
       {"hello"},
       End::kFin,
       kRsp,
       "TCPCHK did not match content 'world' at step 1 comment: greet"},
      {"never, for a reset",
       {string("world")},
       {"hello"},
       End::kReset,
       kRsp,
       "TCPCHK did not match content 'world' at step 1"},
      {"nothing",
       {string("world", "greet")},
       {},
       End::kFin,
       kRsp,
       "TCPCHK got an empty response at step 1 comment: 'greet'"},
      {"nothing but a reset",
       {CheckSend{.bytes = "x"}, string("world", "greet")},
       {},
       End::kReset,
       CheckStatus::kSocketError,
       "Connection reset by peer at step 2 of tcp-check (expect string 'world') comment: 'greet'"},
      {"enough, and not there",
       {with_min(string("world"), 3)},
       {"hello there"},
       End::kSilence,
       kRsp,
       "TCPCHK did not match content 'world' at step 1"},
      {"anything is enough",
       {with_min(of(Match::kRegex, "w.rld"), 0)},
       {"h"},
       End::kSilence,
       kRsp,
       "TCPCHK did not match content (regex) at step 1"},
      {"there, and not enough",
       {with_min(string("world"), 20)},
       {"world"},
       End::kSilence,
       kTout,
       " at step 1 of tcp-check (expect string 'world')"},
      {"there, and no more will come",
       {with_min(string("world"), 20)},
       {"world"},
       End::kFin,
       kOk,
       passed},
      {"unwanted",
       {of(Match::kString, "world", true)},
       {"hello world"},
       End::kSilence,
       kRsp,
       "TCPCHK matched unwanted content 'world' at step 1"},
      {"unwanted may still come",
       {of(Match::kString, "world", true)},
       {"hello there"},
       End::kSilence,
       kTout,
       " at step 1 of tcp-check (expect string 'world')"},
      {"unwanted has not come",
       {of(Match::kString, "world", true)},
       {"he"},
       End::kFin,
       kOk,
       passed},
      {"unwanted, and enough came",
       {with_min(of(Match::kRegex, "world", true), 5)},
       {"hello"},
       End::kSilence,
       kOk,
       passed},
      {"unwanted, and enough came but less than it has",
       {with_min(of(Match::kString, "world", true), 2)},
       {"hell"},
       End::kSilence,
       kTout,
       " at step 1 of tcp-check (expect string 'world')"},
      {"regex", {of(Match::kRegex, "w.r")}, {"hello world"}, End::kSilence, kOk, passed},
      {"regex beyond a NUL",
       {of(Match::kRegex, "world$")},
       {std::string("a\0world\n", 8)},
       End::kSilence,
       kOk,
       passed},
      {"regex, not yet",
       {of(Match::kRegex, "z.r")},
       {"hello"},
       End::kSilence,
       kTout,
       " at step 1 of tcp-check (expect regex)"},
      {"binary", {of(Match::kBinary, "\x02\x03")}, {"\x01\x02\x03"}, End::kSilence, kOk, passed},
      {"binary, not yet, told in hexadecimal",
       {of(Match::kBinary, "\x02\xff")},
       {"\x01\x02\x03"},
       End::kSilence,
       kTout,
       " at step 1 of tcp-check (expect binary '02FF')"},
      {"binary, never",
       {of(Match::kBinary, "\x02\xff")},
       {"\x01\x02\x03"},
       End::kFin,
       kRsp,
       "TCPCHK did not match content (binary) at step 1"},
      {"binary regex is over upper case",
       {of(Match::kBinaryRegex, "01AB")},
       {"\x01\xab\x03"},
       End::kSilence,
       kOk,
       passed},
      {"binary regex, unwanted",
       {of(Match::kBinaryRegex, "03", true)},
       {"\x01\x03"},
       End::kFin,
       kRsp,
       "TCPCHK matched unwanted content (binary regex) at step 1"},
      {"two of one answer",
       {string("hello"), string("hello")},
       {"hello"},
       End::kSilence,
       kOk,
       passed},
      {"the second one is not there",
       {string("hello"), string("world")},
       {"hello"},
       End::kFin,
       kRsp,
       "TCPCHK did not match content 'world' at step 2"},
      {"a send forgets what came",
       {string("hi"), CheckSend{.bytes = "x"}, string("hi")},
       {"hi"},
       End::kFin,
       kRsp,
       "TCPCHK got an empty response at step 3"},
      {"and so does a connect",
       {CheckConnect{}, string("hi"), CheckConnect{}, string("hi")},
       {"hi", "ho"},
       End::kSilence,
       kTout,
       " at step 4 of tcp-check (expect string 'hi')"},
      {"nothing asked", {}, {}, End::kSilence, CheckStatus::kL4Ok, ""},
      {"a connect is all", {CheckConnect{}}, {}, End::kSilence, CheckStatus::kL4Ok, passed},
      {"a connect is last",
       {CheckConnect{}, string("hi"), CheckConnect{}},
       {"hi"},
       End::kSilence,
       CheckStatus::kL4Ok,
       passed},
      {"a send is last", {CheckSend{.bytes = "x"}}, {}, End::kReset, kOk, passed},
  };
  for (const auto& row : rows) {
    const health::Plan plan = script(row.steps);
    for (const std::size_t piece :
         {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{99}}) {
      INFO(row.what << ", in pieces of " << piece);
      const Verdict verdict = play(plan, {.answers = row.answers, .end = row.end, .piece = piece});
      CHECK(verdict == Verdict{.status = row.status, .info = row.info});
    }
  }
}

TEST_CASE("a step of a script says with which status it ends the check", "[health]") {
  CheckExpect expect = string("world");
  expect.ok_status = CheckStatus::kL6Ok;
  expect.error_status = CheckStatus::kL7Wrong;
  expect.timeout_status = CheckStatus::kL4Timeout;
  const health::Plan plan = script({expect});

  CHECK(play(plan, {.answers = {"world"}}).status == CheckStatus::kL6Ok);
  CHECK(play(plan, {.answers = {"wrong"}, .end = End::kFin}).status == CheckStatus::kL7Wrong);
  CHECK(play(plan, {.end = End::kFin}).status == CheckStatus::kL7Wrong);
  CHECK(play(plan, {.answers = {"wrong"}}).status == CheckStatus::kL4Timeout);
  CHECK(play(plan, {.end = End::kReset}).status == CheckStatus::kSocketError);
}

TEST_CASE("what a step says when it passes counts only of the last one", "[health]") {
  CheckExpect conditional = string("world");
  conditional.ok_status = CheckStatus::kL7Conditional;

  CHECK(play(script({conditional}), {.answers = {"world"}}).status == CheckStatus::kL7Conditional);
  CHECK(play(script({conditional, string("wor")}), {.answers = {"world"}}).status ==
        CheckStatus::kL7Ok);
  CHECK(play(script({conditional, CheckSend{.bytes = "x"}}), {.answers = {"world"}}).status ==
        CheckStatus::kL7Ok);
}

TEST_CASE("an error that is conditional ends the check where it is met", "[health]") {
  CheckExpect expect = of(Match::kString, "x", true);
  expect.error_status = CheckStatus::kL7Conditional;
  const health::Plan plan = script({expect, string("never")});

  const Verdict verdict = play(plan, {.answers = {"x"}});
  CHECK(verdict.status == CheckStatus::kL7Conditional);
  CHECK(verdict.info == "TCPCHK matched unwanted content 'x' at step 1");
}

TEST_CASE("a flood is judged by its first 16 KiB", "[health]") {
  const std::string before(16'379, 'x');
  const std::string after(100'000, 'x');
  const health::Plan plan = script({string("world")});
  const health::Plan not_there = script({of(Match::kString, "world", true)});

  CHECK(play(plan, {.answers = {before + "world" + after}}).status == CheckStatus::kL7Ok);
  CHECK(play(plan, {.answers = {before + "_world" + after}}).status == CheckStatus::kL7Invalid);
  CHECK(play(not_there, {.answers = {after}}).status == CheckStatus::kL7Ok);
}

TEST_CASE("an answer made to keep a regular expression busy is a bad one, wanted or not",
          "[health]") {
  const std::string hostile(4'000, 'a');
  for (const bool negated : {false, true}) {
    const health::Plan plan = script({of(Match::kRegex, "(a+)+b$|(a|a)*c", negated)});
    const Verdict verdict = play(plan, {.answers = {hostile}, .end = End::kFin});
    CHECK(verdict.status == CheckStatus::kL7Invalid);
    CHECK(verdict.info == "TCPCHK could not match content (regex) in time at step 1");
  }
}

TEST_CASE("an answer that drips is found in by the time that it ends or time is up", "[health]") {
  const std::string answer = std::string(100, 'x') + "world";
  for (const Match match : {Match::kString, Match::kRegex}) {
    for (const End end : {End::kSilence, End::kFin}) {
      const CheckServer server{.answers = {answer}, .end = end, .piece = 1};
      CHECK(play(script({of(match, "world")}), server).status == CheckStatus::kL7Ok);
      CHECK(play(script({of(match, "world", true)}), server).status == CheckStatus::kL7Invalid);
    }
  }
}

TEST_CASE("a string is seen at once, however many pieces came before it", "[health]") {
  const CheckServer server{.answers = {std::string(100, 'x') + "world", "bye"}, .piece = 1};
  CHECK(play(script({string("world"), CheckSend{.bytes = "x"}, string("bye")}), server).status ==
        CheckStatus::kL7Ok);
}

TEST_CASE("what is told of a connection names its step", "[health]") {
  const health::Plan unwritten = script({string("x")});
  const health::Plan written = script({CheckConnect{.comment = "first"}, string("x")});
  const health::Plan elsewhere = script({CheckConnect{.port = std::uint16_t{7}}});
  const health::Plan plain = health::make_plan({});
  const auto refused = [](const health::Plan& plan) {
    return health::Dialog(plan).refused("Connection refused").info;
  };

  CHECK(refused(unwritten) == "Connection refused at initial connection step of tcp-check");
  CHECK(refused(written) == "Connection refused at step 1 of tcp-check (connect) comment: 'first'");
  CHECK(refused(elsewhere) == "Connection refused at step 1 of tcp-check (connect port 7)");
  CHECK(refused(plain) == "Connection refused");
  CHECK(health::Dialog(unwritten).timed_out() ==
        Verdict{.status = CheckStatus::kL4Timeout,
                .info = " at initial connection step of tcp-check"});
}

TEST_CASE("a send that fails names its step", "[health]") {
  const health::Plan plan = script({CheckSend{.bytes = "x", .comment = "ask"}});
  health::Dialog dialog(plan);
  static_cast<void>(dialog.begin());
  static_cast<void>(dialog.connected());

  CHECK(dialog.failed("Broken pipe") ==
        Verdict{.status = CheckStatus::kSocketError,
                .info = "Broken pipe at step 1 of tcp-check (send) comment: 'ask'"});
}
