#include "lb/admin/dispatch.h"

#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lb/admin/client_commands.h"
#include "test/unit/lb/admin/ask.h"

namespace {

using lb::admin::Answer;
using lb::admin::CommandTable;
using lb::admin::Level;
using lb::admin::Request;
using lb::admin::SeverityOutput;
using lb::admin::Terms;
using lb::admin::test::Asker;

void show_words(const Request& request, Answer answer) {
  std::string text;
  for (const std::string& word : request.words) text += "<" + word + ">";
  answer.line(text);
}

CommandTable table_with(lb::admin::Command command) {
  CommandTable table;
  table.add(std::move(command));
  return table;
}

lb::admin::Command change(lb::admin::Command::Handler handler) {
  return {.words = "set it",
          .arguments = "",
          .description = "",
          .level = Level::kAdmin,
          .changes = true,
          .handler = std::move(handler)};
}

}  // namespace

TEST_CASE("a command gets the words behind its own, and the longest that fits is meant",
          "[admin]") {
  CommandTable table;
  for (const char* words : {"show", "show table", "show tab"})
    table.add({.words = words,
               .arguments = "",
               .description = "",
               .handler = [words](const Request& request, Answer answer) {
                 answer.line(words);
                 show_words(request, std::move(answer));
               }});
  Asker asker(table);

  CHECK(asker.ask("show") == "show\n\n");
  CHECK(asker.ask("show table a b") == "show table\n<a><b>\n");
  CHECK(asker.ask("show tables") == "show\n<tables>\n");
  CHECK(asker.ask("show tab le") == "show tab\n<le>\n");
  CHECK_THAT(asker.ask("shows"), Catch::StartsWith("[6]: Unknown command: 'shows'"));
}

TEST_CASE("a command has at most 64 words", "[admin]") {
  const CommandTable table =
      table_with({.words = "a", .arguments = "", .description = "", .handler = show_words});
  Asker asker(table);
  std::string line = "a";
  for (int i = 1; i < 64; ++i) line += " b";

  CHECK(asker.ask(line).size() == 63 * 3 + 1);
  CHECK(asker.ask(line + " b") == "[3]: Too many words: a command has at most 64.\n");
}

TEST_CASE("a level may do what those below it may, and no more", "[admin]") {
  const auto [level, allowed] = GENERATE(
      table<Level, bool>({{Level::kUser, false}, {Level::kOperator, true}, {Level::kAdmin, true}}));
  const CommandTable table = table_with({.words = "look",
                                         .arguments = "",
                                         .description = "",
                                         .level = Level::kOperator,
                                         .handler = show_words});
  Asker asker(table, level);

  CHECK(asker.ask("look") == (allowed ? "\n" : "[3]: Permission denied\n"));
  CHECK(asker.reply.done);
}

TEST_CASE("each use of a command that changes something is told once, with what came of it",
          "[admin]") {
  const CommandTable table = table_with(change([](const Request& request, Answer answer) {
    if (request.word(0) == "wrong") return answer.fail("No such thing.");
    answer.line("is set");
  }));
  Asker admin(table);

  admin.ask("set it right");
  admin.ask("set it  wrong");
  CHECK(admin.audited == std::vector<std::string>{"here | set it right | done",
                                                  "here | set it  wrong | No such thing."});

  Asker user(table, Level::kUser);
  user.ask("set it right");
  CHECK(user.audited == std::vector<std::string>{"here | set it right | Permission denied"});
}

TEST_CASE("an answer may be kept and given later, also when its client has gone", "[admin]") {
  std::optional<Answer> kept;
  const CommandTable table =
      table_with(change([&](const Request&, Answer answer) { kept.emplace(std::move(answer)); }));
  Asker asker(table);
  const bool gone = GENERATE(false, true);

  CHECK(asker.ask("set it") == "");
  CHECK_FALSE(asker.reply.done);
  CHECK(asker.audited.empty());
  if (gone) asker.answer->cut();
  CHECK(kept->wanted() == !gone);
  kept->line("at last");
  kept->finish();

  CHECK(asker.reply.text == (gone ? "" : "at last\n"));
  CHECK(asker.reply.done == !gone);
  CHECK(asker.audited == std::vector<std::string>{"here | set it | done"});
}

TEST_CASE("an answer that is dropped ends the reply", "[admin]") {
  std::optional<Answer> kept;
  const CommandTable table =
      table_with(change([&](const Request&, Answer answer) { kept.emplace(std::move(answer)); }));
  Asker asker(table);
  asker.ask("set it");

  kept.reset();

  CHECK(asker.reply.done);
  CHECK(asker.audited.size() == 1);
}

TEST_CASE("a client changes its own terms, and never to more than it had", "[admin]") {
  CommandTable table;
  lb::admin::add_client_commands(table);
  Asker asker(table);

  CHECK(asker.ask("operator") == "");
  CHECK(asker.ask("show cli level") == "[6]: operator\n");
  asker.ask("user");
  CHECK(asker.ask("operator") == "[3]: Permission denied\n");
  CHECK(asker.terms.level == Level::kUser);

  asker.ask("set severity-output string");
  CHECK(asker.terms.severity_output == SeverityOutput::kString);
  CHECK(asker.ask("set severity-output loud") ==
        "[3]: one of 'none', 'number', 'string' is a required argument\n");

  asker.ask("set timeout cli 3");
  CHECK(asker.terms.timeout == std::chrono::seconds{3});
  asker.ask("set timeout cli 500ms");
  CHECK(asker.terms.timeout == std::chrono::milliseconds{500});
  for (const char* never : {"0", "x", "infinite", "25d", "99999999999"})
    CHECK(asker.ask("set timeout cli " + std::string(never)) == "[3]: Invalid timeout value.\n");

  asker.ask("quit");
  CHECK(asker.terms.quit);
}

TEST_CASE("prompt chooses how a client is spoken to", "[admin]") {
  using Mode = Terms::Mode;
  CommandTable table;
  lb::admin::add_client_commands(table);
  Asker asker(table);
  const std::vector<std::pair<std::string, Mode>> steps = {{"prompt", Mode::kPrompt},
                                                           {"prompt", Mode::kOneLine},
                                                           {"prompt i", Mode::kInteractive},
                                                           {"prompt", Mode::kPrompt},
                                                           {"prompt timed", Mode::kTimedPrompt},
                                                           {"prompt timed", Mode::kPrompt},
                                                           {"prompt n", Mode::kOneLine},
                                                           {"prompt p", Mode::kPrompt}};
  for (const auto& [line, mode] : steps) {
    asker.ask(line);
    CHECK(asker.terms.mode == mode);
  }
  CHECK_THAT(asker.ask("prompt help"), Catch::StartsWith("[6]: Usage: prompt"));
}
