#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lb/admin/dispatch.h"

// Asks commands without a socket.
namespace lb::admin::test {

// Takes a reply: its text, with a severity as "[3]: ", and whether it is complete.
class Reply final : public Outlet {
 public:
  void write(std::string_view more) override { text += more; }
  void say(conf::LogLevel severity, std::string_view sentence) override {
    text += "[" + std::to_string(static_cast<int>(severity)) + "]: " + std::string(sentence);
    if (!text.ends_with('\n')) text += '\n';
  }
  void finish() override { done = true; }
  void stream(Producer producer) override {
    while (producer(text)) ++parts;
    finish();
  }

  [[nodiscard]] bool gone() const override { return left; }

  std::string text;
  bool left = false;  // the client
  bool done = false;
  int parts = 0;
};

// One client of a table.
struct Asker {
  explicit Asker(const CommandTable& commands, Level level = Level::kAdmin) : table(commands) {
    terms.level = level;
  }

  // The reply so far, which may not be complete.
  std::string ask(std::string_view line) {
    CommandReader reader;
    reader.take(std::string(line) + "\n");
    if (reader.next() != CommandReader::State::kCommand) return "no command";
    reply = Reply();
    answer = std::make_shared<Answer::Line>(static_cast<Outlet&>(reply));
    dispatch(table, reader.command(), client, terms, audit(), Answer(answer));
    return reply.text;
  }

  // Of each command that changed something or was refused to.
  Audit audit() {
    return [this](const Client& who, std::string_view command, std::string_view result) {
      audited.push_back(who.socket + " | " + std::string(command) + " | " + std::string(result));
    };
  }

  const CommandTable& table;
  Client client{.socket = "here", .uid = {}, .pid = {}};
  Terms terms;
  Reply reply;
  std::shared_ptr<Answer::Line> answer;
  std::vector<std::string> audited;
};

}  // namespace lb::admin::test
