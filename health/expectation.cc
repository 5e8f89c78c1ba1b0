#include "health/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "health/pattern.h"

namespace health {
namespace {

using conf::CheckStatus;
using Found = conf::Regex::Found;
using Match = conf::CheckExpect::Match;

// As it stands in "TCPCHK did not match content 'x'", and in "(expect string 'x')".
struct Words {
  std::string content;
  std::string step;
};

Words words_for(const conf::CheckExpect& expect) {
  switch (expect.match) {
    case Match::kBinary:
      return {"(binary)", fmt::format("expect binary '{}'", hexadecimal(expect.pattern))};
    case Match::kRegex:
      return {"(regex)", "expect regex"};
    case Match::kBinaryRegex:
      return {"(binary regex)", "expect binary regex"};
    case Match::kString:
    case Match::kStatus:  // the rest is never asked here
    case Match::kStatusRegex:
    case Match::kBody:
    case Match::kBodyRegex:
      break;
  }
  return {fmt::format("'{}'", expect.pattern), fmt::format("expect string '{}'", expect.pattern)};
}

class Expectation final : public Judge {
 public:
  explicit Expectation(const conf::CheckExpect& expect)
      : pattern_(expect),
        words_(words_for(expect)),
        negated_(expect.negated),
        waits_(!expect.min_recv),
        least_(std::max<std::size_t>(pattern_.least(), expect.min_recv.value_or(0))),
        ok_status_(expect.ok_status),
        error_status_(expect.error_status.value_or(CheckStatus::kL7Invalid)),
        timeout_status_(expect.timeout_status) {}

  [[nodiscard]] std::optional<Verdict> judge(std::string_view input, bool last) const override {
    if (!last && input.size() < least_) return std::nullopt;
    const Found found = pattern_.find_in(input);
    if (found == Found::kTooCostly) return error("TCPCHK could not match content", true);
    if (found == Found::kNo && !last && waits_) return std::nullopt;
    if ((found == Found::kYes) != negated_)
      return Verdict{.status = ok_status_, .info = "(tcp-check)"};
    return error(negated_ ? "TCPCHK matched unwanted content" : "TCPCHK did not match content");
  }

  [[nodiscard]] bool costly() const override { return pattern_.costly(); }
  [[nodiscard]] std::string describe() const override { return words_.step; }
  [[nodiscard]] CheckStatus timeout_status() const override { return timeout_status_; }
  [[nodiscard]] CheckStatus error_status() const override { return error_status_; }

 private:
  [[nodiscard]] Verdict error(std::string_view what, bool too_costly = false) const {
    return {.status = error_status_,
            .info = fmt::format("{} {}{}", what, words_.content, too_costly ? " in time" : "")};
  }

  Pattern pattern_;
  Words words_;
  bool negated_;
  bool waits_;         // for what may still come
  std::size_t least_;  // bytes that are worth a look
  CheckStatus ok_status_;
  CheckStatus error_status_;
  CheckStatus timeout_status_;
};

}  // namespace

std::unique_ptr<const Judge> make_expectation(const conf::CheckExpect& expect) {
  return std::make_unique<Expectation>(expect);
}

}  // namespace health
