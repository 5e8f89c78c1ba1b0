#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "health/http_answer.h"
#include "health/printable.h"
#include "test/support/check_server.h"

namespace {

using health::HttpAnswer;
using health::HttpFault;
using support::CheckServer;

void require(bool condition) {
  if (!condition) std::abort();
}

// What a start of the answer has told stays true of the whole.
void check_start(std::string_view start, std::string_view whole, bool to_head) {
  const auto early = health::read_http_answer(start, false, to_head);
  const auto late = health::read_http_answer(whole, false, to_head);
  if (!early) {
    if (early.error() == HttpFault::kInvalid) require(!late && late.error() == HttpFault::kInvalid);
    return;
  }
  require(late && late->status == early->status && late->reason == early->reason);
  require(late->body.starts_with(early->body) && late->body.size() <= whole.size());
  if (early->framing != HttpAnswer::Body::kOpen)
    require(late->framing == early->framing && late->body == early->body);
}

health::Plan plan_with(conf::CheckExpect expect) {
  return health::make_plan({.kind = conf::CheckKind::kHttp,
                            .steps = {conf::HttpRequest{}, std::move(expect)},
                            .disable_on_404 = true});
}

const std::array<health::Plan, 4>& plans() {
  using Match = conf::CheckExpect::Match;
  static const std::array<health::Plan, 4> kPlans = {
      plan_with({.match = Match::kStatus, .statuses = {{200, 299}, {401, 401}}}),
      plan_with({.match = Match::kStatusRegex, .negated = true, .pattern = "^5"}),
      plan_with({.match = Match::kBody, .pattern = "ok"}),
      plan_with({.match = Match::kBodyRegex, .negated = true, .pattern = "err(or)?"})};
  return kPlans;
}

void check_verdict(const health::Verdict& verdict) {
  require(verdict.status != conf::CheckStatus::kUnknown);
  require(verdict.info.size() <= health::kLongestInfo);
  require(std::ranges::all_of(verdict.info, [](char c) { return c >= ' ' && c <= '~'; }));
}

}  // namespace

// The first byte says how the answer is cut and ends; the rest is the answer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string answer(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view whole = std::string_view(answer).substr(0, health::kMostInput);
  const std::size_t cut = std::min<std::size_t>(data[0], whole.size());
  check_start(whole.substr(0, cut), whole, false);
  check_start(whole.substr(0, cut), whole, true);
  require(!health::read_http_answer(whole, true, false) ||
          health::read_http_answer(whole, true, false)->framing != HttpAnswer::Body::kOpen);
  const CheckServer at_once{.answers = {"", answer},
                            .end = CheckServer::End{static_cast<std::uint8_t>(data[0] % 3U)}};
  CheckServer in_pieces = at_once;
  in_pieces.piece = 1 + data[0] % 7U;
  for (const auto& plan : plans()) {
    const auto verdict = play(plan, at_once);
    check_verdict(verdict);
    check_verdict(play(plan, in_pieces));
    // A status is the same however it is cut.
    if (&plan < &plans()[2]) require(verdict == play(plan, in_pieces));
  }
  return 0;
}
