#include "health/dialog.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "health/printable.h"

namespace health {
namespace {

using conf::CheckResult;
using conf::CheckStatus;

// A costly judge is asked for each of so many pieces, and then only when the input has doubled: 26
// times for a server that drips 16 KiB byte by byte.
constexpr std::uint32_t kFreeLooks = 16;

bool goes_on(const Verdict& verdict, const Expect& expect) {
  const CheckResult result = conf::result_of(verdict.status);
  return result == CheckResult::kPassed ||
         (result == CheckResult::kConditional && expect.conditional_goes_on);
}

Verdict told(Verdict verdict) {
  verdict.info = printable(verdict.info);
  return verdict;
}

}  // namespace

Dialog::Act Dialog::begin() { return act(); }

Dialog::Act Dialog::connected() {
  end_.reset();
  return sent();
}

Dialog::Act Dialog::sent() {
  input_.clear();
  standing_ = {};
  go_on();
  return act();
}

Dialog::Act Dialog::received(std::string_view bytes) {
  const std::size_t room = kMostInput - input_.size();
  input_.append(bytes.substr(0, std::min(room, bytes.size())));
  return act();
}

Dialog::Act Dialog::ended(std::string_view error) {
  end_ = std::string(error);
  return act();
}

Dialog::Act Dialog::act() {
  while (step_ < plan_.steps.size()) {
    const Step& step = plan_.steps[step_];
    if (const auto* connect = std::get_if<Connect>(&step)) return connect;
    if (const auto* send = std::get_if<Send>(&step)) return send;
    if (auto act = judge()) return *std::move(act);
  }
  return told(standing_.status == CheckStatus::kUnknown ? plan_.passed : standing_);
}

// A further expectation is judged by what has come already.
std::optional<Dialog::Act> Dialog::judge() {
  const auto& expect = std::get<Expect>(plan_.steps[step_]);
  if (input_.empty() && !end_) return Receive{};
  if (input_.empty() || (end_ && !end_->empty() && !expect.judge->survives_reset()))
    return nothing_came();
  const bool last = end_.has_value() || input_.size() == kMostInput;
  if (!last && input_.size() < worth_a_look_) return Receive{};
  if (!down_) {
    if (auto verdict = expect.judge->stopping(input_)) return told(*std::move(verdict));
  }
  auto verdict = expect.judge->judge(input_, last);
  if (!verdict && !last) {
    if (expect.judge->costly() && ++looks_ >= kFreeLooks) worth_a_look_ = 2 * input_.size();
    return Receive{};
  }
  if (!verdict) return bad({.status = expect.judge->error_status(), .info = "incomplete answer"});
  if (!goes_on(*verdict, expect)) return bad(*std::move(verdict));
  standing_ = *std::move(verdict);
  go_on();
  return std::nullopt;
}

void Dialog::go_on() {
  ++step_;
  looks_ = 0;
  worth_a_look_ = 0;
}

Dialog::Act Dialog::bad(Verdict verdict) const {
  const std::string& comment = std::get<Expect>(plan_.steps[step_]).comment;
  if (plan_.is_script) verdict.info += fmt::format(" at step {}", number());
  if (!comment.empty()) verdict.info += fmt::format(" comment: {}", comment);
  return told(std::move(verdict));
}

Verdict Dialog::nothing_came() const {
  if (!end_->empty()) return failed(*end_);
  const auto& expect = std::get<Expect>(plan_.steps[step_]);
  std::string info = fmt::format("TCPCHK got an empty response at step {}", number());
  if (!expect.comment.empty()) info += fmt::format(" comment: '{}'", expect.comment);
  return told({.status = expect.judge->error_status(), .info = std::move(info)});
}

Verdict Dialog::failed(std::string_view error) const {
  return told({.status = CheckStatus::kSocketError, .info = std::string(error) + place()});
}

Verdict Dialog::refused(std::string_view error) const {
  return told({.status = CheckStatus::kL4Connection, .info = std::string(error) + place()});
}

Verdict Dialog::timed_out() {
  if (input_.size() < worth_a_look_) {
    worth_a_look_ = 0;
    Act act = this->act();
    if (auto* verdict = std::get_if<Verdict>(&act)) return std::move(*verdict);
  }
  const Step& step = plan_.steps[step_];
  CheckStatus status = CheckStatus::kL7Timeout;
  if (std::holds_alternative<Connect>(step)) status = CheckStatus::kL4Timeout;
  if (const auto* expect = std::get_if<Expect>(&step)) status = expect->judge->timeout_status();
  return told({.status = status, .info = place()});
}

std::size_t Dialog::number() const { return plan_.connect_is_written ? step_ + 1 : step_; }

std::string Dialog::place() const {
  if (!plan_.is_script) return {};
  if (number() == 0) return " at initial connection step of tcp-check";
  const Step& step = plan_.steps[step_];
  std::string what = "send";
  if (const auto* connect = std::get_if<Connect>(&step))
    what = connect->port ? fmt::format("connect port {}", *connect->port) : "connect";
  if (const auto* expect = std::get_if<Expect>(&step)) what = expect->judge->describe();
  const std::string& comment =
      std::visit([](const auto& one) -> const std::string& { return one.comment; }, step);
  std::string place = fmt::format(" at step {} of tcp-check ({})", number(), what);
  if (!comment.empty()) place += fmt::format(" comment: '{}'", comment);
  return place;
}

}  // namespace health
