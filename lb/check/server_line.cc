#include "lb/check/server_line.h"

#include <fmt/format.h>

namespace lb::check {
namespace {

// HAProxy tells the number of an answer whenever its status may have one, be it 0.
bool has_code(conf::CheckStatus status) {
  return status == conf::CheckStatus::kL7Ok || status == conf::CheckStatus::kL7Conditional ||
         status == conf::CheckStatus::kL7Wrong;
}

std::string_view outcome(conf::CheckResult result) {
  switch (result) {
    case conf::CheckResult::kPassed:
      return "succeeded";
    case conf::CheckResult::kConditional:
      return "conditionally succeeded";
    case conf::CheckResult::kFailed:
    case conf::CheckResult::kNeutral:
      break;
  }
  return "failed";
}

struct Lives {
  std::uint32_t step;
  std::uint32_t steps;
  bool up;
};

std::string result_line(std::string_view kind, const Place& server, const Reason& reason,
                        Lives lives) {
  const char* const up = server.config().weight != 0 ? "UP" : "DRAIN";
  return fmt::format("{} check for {}server {}/{} {}{}, status: {}/{} {}.", kind,
                     server.config().backup ? "backup " : "", server.backend->config.name,
                     server.config().name, outcome(conf::result_of(reason.verdict.status)),
                     append_reason(reason), lives.step, lives.steps, lives.up ? up : "DOWN");
}

}  // namespace

std::string append_reason(const Reason& reason) {
  std::string text = fmt::format(", reason: {}", conf::words_of(reason.verdict.status).description);
  if (has_code(reason.verdict.status)) text += fmt::format(", code: {}", reason.verdict.code);
  if (!reason.verdict.info.empty()) text += fmt::format(", info: \"{}\"", reason.verdict.info);
  if (reason.duration) text += fmt::format(", check duration: {}ms", reason.duration->count());
  return text;
}

std::string via(const Place& tracked) {
  return fmt::format(" via {}/{}", tracked.backend->config.name, tracked.config().name);
}

std::string name_of(const Place& server) {
  return fmt::format("{}Server {}/{}", server.config().backup ? "Backup " : "",
                     server.backend->config.name, server.config().name);
}

std::string consequence_of(const balancer::Shift& shift, bool up) {
  const char* const on_backup = shift.active == 0 && shift.backup != 0 ? " Running on backup." : "";
  if (up)
    return fmt::format(
        ". {} active and {} backup servers online.{} {} sessions requeued, {} total in queue.",
        shift.active, shift.backup, on_backup, shift.requeued, shift.queued);
  return fmt::format(
      ". {} active and {} backup servers left.{} {} sessions active, {} requeued, {} remaining in "
      "queue.",
      shift.active, shift.backup, on_backup, shift.sessions, shift.requeued, shift.queued);
}

std::string check_line(const Judgement& judgement) {
  return result_line("Health", judgement.of, {judgement.verdict, judgement.duration},
                     {judgement.step, judgement.steps, judgement.up});
}

std::string agent_line(const AgentWord& word, bool up) {
  return result_line("Agent", word.of, {word.report.verdict, word.duration}, {up ? 1U : 0U, 1, up});
}

}  // namespace lb::check
