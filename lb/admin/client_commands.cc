#include "lb/admin/client_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "conf/haproxy/time.h"
#include "conf/value.h"
#include "lb/admin/help.h"

namespace lb::admin {
namespace {

using conf::LogLevel;
using Mode = Terms::Mode;

constexpr std::string_view kPromptUsage =
    "Usage: prompt [help | n | i | p | timed]\n"
    "  n      one line of commands, then the end\n"
    "  i      line after line, without a prompt\n"
    "  p      line after line, with a prompt\n"
    "  timed  with the time that the process is up in the prompt, or again without\n"
    "Without a word the prompt is turned on or off.";

std::optional<Mode> mode_after(std::string_view word, Mode before) {
  if (word.empty()) return before >= Mode::kPrompt ? Mode::kOneLine : Mode::kPrompt;
  if (word == "n") return Mode::kOneLine;
  if (word == "i") return Mode::kInteractive;
  if (word == "p") return Mode::kPrompt;
  if (word == "timed") return before == Mode::kTimedPrompt ? Mode::kPrompt : Mode::kTimedPrompt;
  return std::nullopt;
}

void prompt(const Request& request, Answer answer) {
  if (const auto mode = mode_after(request.word(0), request.terms.mode)) {
    request.terms.mode = *mode;
  } else {
    answer.say(LogLevel::kInfo, kPromptUsage);
  }
}

// A client may give up what it may do; there is no way back.
Command::Handler lower_to(Level level) {
  return [level](const Request& request, Answer) {
    request.terms.level = std::min(request.terms.level, level);
  };
}

void set_severity_output(const Request& request, Answer answer) {
  constexpr std::array<std::pair<std::string_view, SeverityOutput>, 3> kWords = {
      {{"none", SeverityOutput::kNone},
       {"number", SeverityOutput::kNumber},
       {"string", SeverityOutput::kString}}};
  const auto* const found =
      std::ranges::find(kWords, request.word(0), &decltype(kWords)::value_type::first);
  if (found == kWords.end())
    return answer.fail("one of 'none', 'number', 'string' is a required argument");
  request.terms.severity_output = found->second;
}

void set_timeout(const Request& request, Answer answer) {
  if (request.word(0) != "cli") return answer.fail("'set timeout' only supports 'cli'.");
  if (request.word(1).empty()) return answer.fail("Expects an integer value.");
  const auto time = conf::haproxy::parse_time(request.word(1), std::chrono::seconds{1});
  if (!time || *time == std::chrono::milliseconds{0}) return answer.fail("Invalid timeout value.");
  request.terms.timeout = *time;
}

void echo(const Request& request, Answer answer) {
  answer.line(fmt::format("{}", fmt::join(request.words, " ")));
}

}  // namespace

void add_client_commands(CommandTable& table) {
  table.add({.words = "help",
             .arguments = "[<command>]",
             .description = "list matching or all commands",
             .handler = [&table](const Request& request, Answer answer) {
               answer.say(LogLevel::kInfo, help_text(table, request.terms.level, request.words));
             }});
  table.add({.words = "prompt",
             .arguments = "[help | n | i | p | timed]",
             .description = "toggle interactive mode with prompt",
             .handler = prompt});
  table.add({.words = "quit",
             .arguments = "",
             .description = "disconnect",
             .handler = [](const Request& request, Answer) { request.terms.quit = true; }});
  table.add({.words = "operator",
             .arguments = "",
             .description = "lower the level of the current CLI session to operator",
             .level = Level::kOperator,
             .handler = lower_to(Level::kOperator)});
  table.add({.words = "user",
             .arguments = "",
             .description = "lower the level of the current CLI session to user",
             .handler = lower_to(Level::kUser)});
  table.add({.words = "echo", .arguments = "<text>", .description = "print text", .handler = echo});
  table.add({.words = "set severity-output",
             .arguments = "[none|number|string]",
             .description = "set presence of severity level in feedback information",
             .handler = set_severity_output});
  table.add({.words = "set timeout",
             .arguments = "[cli] <delay>",
             .description = "change a timeout setting",
             .handler = set_timeout});
  table.add({.words = "show cli level",
             .arguments = "",
             .description = "display the level of the current CLI session",
             .handler = [](const Request& request, Answer answer) {
               answer.say(LogLevel::kInfo, conf::name_of(request.terms.level));
             }});
}

}  // namespace lb::admin
