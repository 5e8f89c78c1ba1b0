#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "lb/admin/answer.h"
#include "lb/admin/request.h"

namespace lb::admin {

// One command of the runtime API.
struct Command {
  // Answers now, or keeps the Answer and does so later. On the control thread.
  using Handler = std::function<void(const Request& request, Answer answer)>;

  std::string words;        // "show env": what a line begins with to mean it
  std::string arguments;    // "[<name>]", for `help`
  std::string description;  // "show the environment of the process", for `help`
  Level level = Level::kUser;
  bool changes = false;  // each use of it is told to the Audit
  Handler handler;
};

// All commands. A family of them is added by a function of its own, one line where the daemon makes
// its table: `add_weight_commands(table, engine)`. What handlers refer to outlives the table.
class CommandTable {
 public:
  void add(Command command);

  // The command that these words begin with, of several the longest; null when there is none. Valid
  // until the next add().
  [[nodiscard]] const Command* find(std::span<const std::string> words) const;

  // How many of a command's words there are.
  [[nodiscard]] static std::size_t length(const Command& command);

  // In the order of their words.
  [[nodiscard]] const std::vector<Command>& all() const { return commands_; }

 private:
  std::vector<Command> commands_;
};

}  // namespace lb::admin
