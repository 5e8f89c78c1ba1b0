#include "health/script.h"

#include <utility>
#include <variant>

#include "health/expectation.h"
#include "health/http_expectation.h"
#include "health/http_request.h"

namespace health {
namespace {

using conf::CheckConnect;
using conf::CheckExpect;
using conf::CheckSend;
using conf::CheckStatus;
using conf::HttpRequest;
using Match = CheckExpect::Match;

bool is_http(Match match) {
  switch (match) {
    case Match::kString:
    case Match::kRegex:
    case Match::kBinary:
    case Match::kBinaryRegex:
      return false;
    case Match::kStatus:
    case Match::kStatusRegex:
    case Match::kBody:
    case Match::kBodyRegex:
      return true;
  }
  std::unreachable();
}

// Builds a plan from what the operator wrote, step by step.
class Builder {
 public:
  explicit Builder(const conf::CheckDialog& dialog) : disable_on_404_(dialog.disable_on_404) {
    plan_.is_script = dialog.kind == conf::CheckKind::kScript;
    plan_.connect_is_written =
        !dialog.steps.empty() && std::holds_alternative<CheckConnect>(dialog.steps.front());
    if (!plan_.connect_is_written) add(CheckConnect{});
  }

  void add(const CheckConnect& connect) { plan_.steps.emplace_back(connect); }

  void add(const CheckSend& send) {
    plan_.steps.emplace_back(Send{.bytes = send.bytes, .comment = send.comment});
  }

  void add(const HttpRequest& request) {
    to_head_ = request.method == "HEAD";
    plan_.steps.emplace_back(
        Send{.bytes = write_http_request(request), .comment = request.comment});
  }

  void add(const CheckExpect& expect) {
    plan_.steps.emplace_back(
        Expect{.judge = is_http(expect.match)
                            ? make_http_expectation(
                                  expect, {.to_head = to_head_, .disable_on_404 = disable_on_404_})
                            : make_expectation(expect),
               .comment = expect.comment,
               .conditional_goes_on = expect.ok_status == CheckStatus::kL7Conditional});
  }

  Plan finish() {
    if (std::holds_alternative<Connect>(plan_.steps.back()))
      plan_.passed.status = CheckStatus::kL4Ok;
    if (plan_.steps.size() > 1 || plan_.connect_is_written) plan_.passed.info = "(tcp-check)";
    return std::move(plan_);
  }

 private:
  Plan plan_ = {};
  bool disable_on_404_;
  bool to_head_ = false;  // the last request's answer has no body
};

}  // namespace

Plan script_plan(const conf::CheckDialog& dialog) {
  Builder builder(dialog);
  for (const auto& step : dialog.steps) {
    std::visit([&](const auto& one) { builder.add(one); }, step);
  }
  return builder.finish();
}

}  // namespace health
