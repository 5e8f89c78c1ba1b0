#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <variant>
#include <vector>

#include "health/http_answer.h"
#include "health/http_request.h"
#include "test/support/check_server.h"

using conf::CheckExpect;
using conf::CheckStatus;
using conf::HttpRequest;
using health::Verdict;
using support::play;
using Body = health::HttpAnswer::Body;
using Match = conf::CheckExpect::Match;
using End = support::CheckServer::End;

namespace {

// As the configuration writes it out: a request and an expectation, where the test names none.
health::Plan http(std::vector<conf::CheckStep> steps, bool disable_on_404 = false) {
  const auto is_request = [](const conf::CheckStep& step) {
    return std::holds_alternative<HttpRequest>(step);
  };
  if (std::ranges::none_of(steps, is_request)) steps.insert(steps.begin(), HttpRequest{});
  if (is_request(steps.back()))
    steps.emplace_back(CheckExpect{.match = Match::kStatus, .statuses = {{200, 399}}});
  return health::make_plan({.kind = conf::CheckKind::kHttp,
                            .steps = std::move(steps),
                            .disable_on_404 = disable_on_404});
}

std::string answer(const std::string& status, const std::string& body = {}) {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

CheckExpect status(std::vector<std::pair<std::uint32_t, std::uint32_t>> statuses,
                   bool negated = false) {
  return {.match = Match::kStatus, .negated = negated, .statuses = std::move(statuses)};
}

CheckExpect of(Match match, std::string pattern, bool negated = false) {
  return {.match = match, .negated = negated, .pattern = std::move(pattern)};
}

struct Row {
  std::string what;
  std::vector<conf::CheckStep> steps;
  std::string answer;
  End end;
  Verdict verdict;
};

Verdict ok(std::uint32_t code) { return {.status = CheckStatus::kL7Ok, .code = code}; }
Verdict wrong(std::uint32_t code, std::string info) {
  return {.status = CheckStatus::kL7Wrong, .code = code, .info = std::move(info)};
}
Verdict invalid(std::string info, std::uint32_t code = 0) {
  return {.status = CheckStatus::kL7Invalid, .code = code, .info = std::move(info)};
}
const Verdict kTimeout = {.status = CheckStatus::kL7Timeout};

}  // namespace

// Most rows were tried with HAProxy 2.6, whose status and code they have, but that it takes an
// interim answer for the answer. Its info is empty where the answer is no HTTP.
TEST_CASE("an HTTP check ends as in HAProxy, however the answer is cut", "[health]") {
  const std::string unmatched = "HTTP content check did not match";
  const std::string unwanted = "HTTP check matched unwanted content";
  const std::string bodiless = "HTTP content check could not find a response body";
  const std::string open = "HTTP/1.1 200 OK\r\n\r\n";
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto body = [](bool negated = false) { return of(Match::kBody, "ell", negated); };
  const std::vector<Row> rows = {
      {"2xx", {}, answer("204 No Content"), End::kSilence, ok(204)},
      {"3xx", {}, answer("301 Moved"), End::kSilence, ok(301)},
      {"4xx", {}, answer("404 Not Found"), End::kSilence, wrong(404, "Not Found")},
      {"5xx",
       {},
       answer("503 Service Unavailable", "x"),
       End::kSilence,
       wrong(503, "Service Unavailable")},
      {"no reason", {}, answer("503"), End::kSilence, wrong(503, "")},
      {"small", {}, answer("99 X"), End::kSilence, wrong(99, "X")},
      {"large", {}, answer("2000 X"), End::kSilence, wrong(2000, "X")},
      {"bare line feeds", {}, "HTTP/1.0 200 OK\n\n", End::kSilence, ok(200)},
      {"an empty line first", {}, "\r\nHTTP/1.1 200 OK\r\n\r\n", End::kSilence, ok(200)},
      {"blanks", {}, "HTTP/1.1  200\tOK\r\n\r\n", End::kSilence, ok(200)},
      {"a folded header", {}, "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", End::kSilence, ok(200)},
      {"interim",
       {},
       "HTTP/1.1 103 Early\r\nA: b\r\n\r\n" + answer("200 OK"),
       End::kSilence,
       ok(200)},
      {"switching", {}, "HTTP/1.1 101 Switching\r\n\r\n", End::kSilence, wrong(101, "Switching")},
      {"header not whole", {}, "HTTP/1.1 200 OK\r\nA: b\r\n", End::kSilence, kTimeout},
      {"header torn",
       {},
       "HTTP/1.1 200 OK\r\nA: b\r\n",
       End::kFin,
       invalid("incomplete HTTP response")},
      {"header torn by a reset",
       {},
       "HTTP/1.1 200 OK\r\nA: b\r\n",
       End::kReset,
       {.status = CheckStatus::kSocketError, .info = "Connection reset by peer"}},
      {"nothing", {}, "", End::kFin, invalid("TCPCHK got an empty response at step 2")},
      {"silence", {}, "", End::kSilence, kTimeout},
      {"another protocol", {}, "SSH-2.0-x\r\n", End::kSilence, invalid("not an HTTP response")},
      {"lower case", {}, "http/1.1 200 OK\r\n\r\n", End::kSilence, invalid("not an HTTP response")},
      {"HTTP/3", {}, "HTTP/3 200 OK\r\n\r\n", End::kSilence, invalid("not an HTTP response")},
      {"no status", {}, "HTTP/1.1\r\n\r\n", End::kSilence, invalid("not an HTTP response")},
      {"odd status", {}, "HTTP/1.1 2x0 OK\r\n\r\n", End::kSilence, invalid("not an HTTP response")},
      {"no colon",
       {},
       "HTTP/1.1 200 OK\r\nfoo\r\n\r\n",
       End::kSilence,
       invalid("not an HTTP response")},
      {"odd length",
       {},
       "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
       End::kSilence,
       invalid("not an HTTP response")},
      {"two lengths",
       {},
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\na",
       End::kSilence,
       invalid("not an HTTP response")},
      {"endless header",
       {},
       "HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'x'),
       End::kSilence,
       invalid("incomplete HTTP response")},
      {"body not whole",
       {},
       "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
       End::kSilence,
       ok(200)},

      {"in a list", {status({{200, 201}, {300, 310}})}, answer("301 M"), End::kSilence, ok(301)},
      {"in no list", {status({{200, 201}})}, answer("301 M"), End::kSilence, wrong(301, "M")},
      {"in a negated list",
       {status({{300, 310}}, true)},
       answer("301 M"),
       End::kSilence,
       wrong(301, "M")},
      {"in no negated list", {status({{300, 310}}, true)}, answer("503 M"), End::kSilence, ok(503)},
      {"status regex", {of(Match::kStatusRegex, "^2")}, answer("203 M"), End::kSilence, ok(203)},
      {"status regex, negated",
       {of(Match::kStatusRegex, "^5", true)},
       answer("503 M"),
       End::kSilence,
       wrong(503, "M")},

      {"in the body", {body()}, answer("503 X", "hello"), End::kSilence, ok(503)},
      {"in the header only",
       {body()},
       answer("200 ell", "x"),
       End::kSilence,
       invalid(unmatched, 200)},
      {"not in the body",
       {of(Match::kBody, "zz")},
       answer("200 OK", "hello"),
       End::kSilence,
       invalid(unmatched, 200)},
      {"unwanted in the body",
       {body(true)},
       answer("200 OK", "hello"),
       End::kSilence,
       invalid(unwanted, 200)},
      {"unwanted, not in the body", {body(true)}, answer("200 OK", "x"), End::kSilence, ok(200)},
      {"unwanted, not yet", {body(true)}, open + "abc", End::kSilence, kTimeout},
      {"unwanted, not until the end", {body(true)}, open + "abc", End::kFin, ok(200)},
      {"unwanted, and torn",
       {body(true)},
       open + "abc",
       End::kReset,
       {.status = CheckStatus::kSocketError, .info = "Connection reset by peer"}},
      {"body regex",
       {of(Match::kBodyRegex, "h.llo")},
       answer("200 OK", "hello"),
       End::kSilence,
       ok(200)},
      {"before the end",
       {body()},
       "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhello",
       End::kSilence,
       ok(200)},
      {"beyond the end",
       {of(Match::kBody, "def")},
       "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef",
       End::kSilence,
       invalid(unmatched, 200)},
      {"an empty body", {body()}, answer("200 OK"), End::kSilence, invalid(bodiless, 200)},
      {"an empty body, negated",
       {body(true)},
       answer("200 OK"),
       End::kSilence,
       invalid(bodiless, 200)},
      {"an empty body at the end", {body()}, open, End::kFin, invalid(bodiless, 200)},
      {"no body may come",
       {body()},
       "HTTP/1.1 304 NM\r\nContent-Length: 9\r\n\r\n",
       End::kSilence,
       invalid(bodiless, 304)},
      {"across chunks",
       {body()},
       chunked + "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
       End::kSilence,
       ok(200)},
      {"not in chunks",
       {of(Match::kBody, "zz")},
       chunked + "3\r\nhel\r\n0\r\nA: b\r\n\r\n",
       End::kSilence,
       invalid(unmatched, 200)},
      {"broken chunks",
       {of(Match::kBody, "zz")},
       chunked + "zz\r\nhel\r\n",
       End::kSilence,
       invalid("broken chunk in HTTP response")},
      {"a chunk too long",
       {of(Match::kBody, "zz")},
       chunked + "3\r\nhello\r\n",
       End::kSilence,
       invalid("broken chunk in HTTP response")},
      {"a huge chunk",
       {of(Match::kBody, "zz")},
       chunked + "ffffffffffffffff\r\nhello",
       End::kSilence,
       kTimeout},
      {"status, then body",
       {status({{200, 200}}), body()},
       answer("200 OK", "hello"),
       End::kSilence,
       ok(200)},
  };
  for (const auto& row : rows) {
    const health::Plan plan = http(row.steps);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1 << 20}}) {
      INFO(row.what << ", in pieces of " << piece);
      CHECK(play(plan, {.answers = {"", row.answer}, .end = row.end, .piece = piece}) ==
            row.verdict);
    }
  }
}

TEST_CASE("what a stranger calls his reason is told in bounds", "[health]") {
  const health::Plan plan = http({});

  CHECK(play(plan, {.answers = {"", answer("503 a\x1b[2J\x80")}}).info == "a<1B>[2J<80>");
  CHECK(play(plan, {.answers = {"", answer("503 " + std::string(2'000, 'y'))}}).info ==
        std::string(127, 'y'));
}

TEST_CASE("a comment names what was wrong", "[health]") {
  CheckExpect expect = status({{200, 200}});
  expect.comment = "leader";

  CHECK(play(http({expect}), {.answers = {"", answer("503 Bad")}}).info == "Bad comment: leader");
}

TEST_CASE("an HTTP step's own statuses are for what it was asked, not for nonsense", "[health]") {
  CheckExpect expect = status({{200, 200}});
  expect.ok_status = CheckStatus::kL6Ok;
  expect.error_status = CheckStatus::kL7Conditional;
  expect.timeout_status = CheckStatus::kL6Timeout;
  const health::Plan plan = http({expect});

  CHECK(play(plan, {.answers = {"", answer("200 OK")}}).status == CheckStatus::kL6Ok);
  CHECK(play(plan, {.answers = {"", answer("500 No")}}).status == CheckStatus::kL7Conditional);
  CHECK(play(plan, {.answers = {"", "hello\r\n\r\n"}}).status == CheckStatus::kL7Invalid);
  CHECK(play(plan, {.end = End::kFin}).status == CheckStatus::kL7Invalid);
  CHECK(play(plan, {}).status == CheckStatus::kL6Timeout);
}

TEST_CASE("a 404 takes the sessions of a server that is up, whatever was expected", "[health]") {
  const std::vector<std::vector<conf::CheckStep>> all = {
      {}, {status({{404, 404}})}, {of(Match::kBody, "zz")}};
  const Verdict stopping = {.status = CheckStatus::kL7Conditional, .code = 404};
  const std::string open = "HTTP/1.1 404 Not Found\r\n\r\nabc";

  for (const auto& steps : all) CHECK(play(http(steps, true), {.answers = {"", open}}) == stopping);
  CHECK(play(http({}, true), {.answers = {"", answer("200 OK")}}) == ok(200));
  CHECK(play(http({}, true), {.answers = {"", open}}, true) == wrong(404, "Not Found"));
}

TEST_CASE("an HTTP check asks again on a second connection", "[health]") {
  const health::Plan plan =
      http({conf::CheckConnect{}, HttpRequest{}, conf::CheckConnect{.port = std::uint16_t{8}},
            HttpRequest{.path = "/b"}});

  REQUIRE(plan.steps.size() == 5);  // and an expectation of the last answer
  CHECK(play(plan, {.answers = {"", "", "", answer("500 No")}}) == wrong(500, "No"));
  CHECK(play(plan, {.answers = {"", "", "", answer("200 OK")}}) == ok(200));
}

TEST_CASE("an answer to HEAD has no body to wait for", "[health]") {
  const health::Plan plan = http({HttpRequest{.method = "HEAD"}, of(Match::kBody, "x")});

  CHECK(play(plan, {.answers = {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"}}).info ==
        "HTTP content check could not find a response body");
}

TEST_CASE("a request is HAProxy's, byte by byte", "[health]") {
  struct Case {
    HttpRequest request;
    std::string bytes;
  };
  const std::vector<Case> cases = {
      {{}, "OPTIONS / HTTP/1.0\r\n\r\n"},
      {{.method = "GET", .path = "/x", .version = "HTTP/1.1"},
       "GET /x HTTP/1.1\r\nconnection: close\r\n\r\n"},
      {{.method = "GET",
        .path = "/x",
        .version = "HTTP/1.1",
        .headers = {{"Host", "www"}, {"X-A", "b"}}},
       "GET /x HTTP/1.1\r\nhost: www\r\nx-a: b\r\nconnection: close\r\n\r\n"},
      {{.method = "POST",
        .path = "/x",
        .version = "HTTP/1.1",
        .headers = {{"Host", "www"}},
        .body = "hello"},
       "POST /x HTTP/1.1\r\nhost: www\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello"},
      {{.method = "POST"}, "POST / HTTP/1.0\r\ncontent-length: 0\r\n\r\n"},
      {{.method = "DELETE", .version = "HTTP/1.1"},
       "DELETE / HTTP/1.1\r\nconnection: close\r\n\r\n"},
      {{.method = "GET",
        .version = "HTTP/1.1",
        .headers = {{"Content-Length", "7"}, {"Transfer-Encoding", "chunked"}, {"Connection", "x"}},
        .body = "hi"},
       "GET / HTTP/1.1\r\nconnection: x\r\ncontent-length: 2\r\n\r\nhi"},
  };
  for (const auto& one : cases) CHECK(health::write_http_request(one.request) == one.bytes);
}

TEST_CASE("an answer's body is what its framing says", "[health]") {
  const std::string chunked =
      "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, Chunked\r\n"
      "Content-Length: 1\r\n\r\n5\r\nhello\r\n0\r\n\r\nrest";
  const auto whole = health::read_http_answer(chunked, false, false);
  REQUIRE(whole.has_value());
  CHECK(whole->body == "hello");
  CHECK(whole->framing == Body::kComplete);
  CHECK(whole->reason == "OK");

  // Every shorter start of it is incomplete, or open, and never more.
  for (std::size_t size = 0; size < chunked.size() - 4; ++size) {
    const auto part = health::read_http_answer(chunked.substr(0, size), false, false);
    if (!part) CHECK(part.error() == health::HttpFault::kIncomplete);
    if (part) CHECK(part->framing == Body::kOpen);
    if (part) CHECK(std::string("hello").starts_with(part->body));
  }
}

TEST_CASE("a regular expression over a body that drips is judged by the time that it is up",
          "[health]") {
  const std::string dripping = answer("200 OK", std::string(100, 'x') + "hello");
  const auto verdict = [&dripping](const CheckExpect& expect) {
    return play(http({HttpRequest{}, expect}), {.answers = {"", dripping}, .piece = 1});
  };

  CHECK(verdict(of(Match::kBodyRegex, "h.llo")) == ok(200));
  CHECK(verdict(of(Match::kBodyRegex, "h.llo", true)).status == CheckStatus::kL7Invalid);
  CHECK(verdict(of(Match::kBodyRegex, "hallo")).status == CheckStatus::kL7Invalid);
  CHECK(verdict(of(Match::kBodyRegex, "hallo", true)) == ok(200));
}
