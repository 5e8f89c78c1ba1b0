#include "health/http_expectation.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "health/http_answer.h"
#include "health/pattern.h"

namespace health {
namespace {

using conf::CheckStatus;
using Found = conf::Regex::Found;
using Match = conf::CheckExpect::Match;

bool is_of_body(Match match) { return match == Match::kBody || match == Match::kBodyRegex; }

class HttpExpectation final : public Judge {
 public:
  HttpExpectation(const conf::CheckExpect& expect, HttpContext context)
      : pattern_(expect),
        statuses_(expect.statuses),
        match_(expect.match),
        negated_(expect.negated),
        min_recv_(expect.min_recv),
        context_(context),
        ok_status_(expect.ok_status),
        error_status_(expect.error_status.value_or(is_of_body(match_) ? CheckStatus::kL7Invalid
                                                                      : CheckStatus::kL7Wrong)),
        timeout_status_(expect.timeout_status) {}

  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool last) const override {
    const auto answer = read_http_answer(input, last, context_.to_head);
    if (!answer && answer.error() == HttpFault::kInvalid) return invalid("not an HTTP response");
    if (!answer) return last ? invalid("incomplete HTTP response") : std::nullopt;
    return is_of_body(match_) ? judge_body(*answer) : judge_status(*answer);
  }

  [[nodiscard]] std::optional<Verdict> stopping(std::string_view input) const override {
    if (!context_.disable_on_404) return std::nullopt;
    const auto answer = read_http_answer(input, false, true);
    if (!answer || answer->status != 404) return std::nullopt;
    return Verdict{.status = CheckStatus::kL7Conditional, .code = 404};
  }

  [[nodiscard]] bool costly() const override { return is_of_body(match_) && pattern_.costly(); }
  [[nodiscard]] CheckStatus timeout_status() const override { return timeout_status_; }
  [[nodiscard]] bool survives_reset() const override { return false; }

 private:
  static std::optional<Verdict> invalid(std::string info) {
    return Verdict{.status = CheckStatus::kL7Invalid, .info = std::move(info)};
  }

  [[nodiscard]] Verdict judge_status(const HttpAnswer& answer) const {
    const bool found = match_ == Match::kStatusRegex
                           ? pattern_.find_in(answer.digits) == Found::kYes
                           : std::ranges::any_of(statuses_, [&](const auto& range) {
                               return answer.status >= range.first && answer.status <= range.second;
                             });
    return found != negated_ ? ok(answer) : error(answer, std::string(answer.reason));
  }

  [[nodiscard]] std::optional<Verdict> judge_body(const HttpAnswer& answer) const {
    if (answer.framing == HttpAnswer::Body::kBroken)
      return invalid("broken chunk in HTTP response");
    const bool open = answer.framing == HttpAnswer::Body::kOpen;
    if (open && (answer.body.empty() || answer.body.size() < min_recv_.value_or(0)))
      return std::nullopt;
    if (answer.body.empty())
      return error(answer, "HTTP content check could not find a response body");
    const Found found = pattern_.find_in(answer.body);
    if (found == Found::kTooCostly) return error(answer, "HTTP content check took too long");
    if (found == Found::kNo && open && !min_recv_) return std::nullopt;
    if ((found == Found::kYes) != negated_) return ok(answer);
    return error(answer, negated_ ? "HTTP check matched unwanted content"
                                  : "HTTP content check did not match");
  }

  [[nodiscard]] Verdict ok(const HttpAnswer& answer) const {
    return {.status = ok_status_, .code = answer.status};
  }
  [[nodiscard]] Verdict error(const HttpAnswer& answer, std::string info) const {
    return {.status = error_status_, .code = answer.status, .info = std::move(info)};
  }

  Pattern pattern_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> statuses_;
  Match match_;
  bool negated_;
  std::optional<std::uint32_t> min_recv_;  // of the body
  HttpContext context_;
  CheckStatus ok_status_;
  CheckStatus error_status_;
  CheckStatus timeout_status_;
};

}  // namespace

std::unique_ptr<const Judge> make_http_expectation(const conf::CheckExpect& expect,
                                                   HttpContext context) {
  return std::make_unique<HttpExpectation>(expect, context);
}

}  // namespace health
