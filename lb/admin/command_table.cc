#include "lb/admin/command_table.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace lb::admin {
namespace {

// Whether `words` begins with those of the command.
bool begins(std::span<const std::string> words, const std::string& command) {
  std::size_t at = 0;
  for (const std::string& word : words) {
    if (command.compare(at, word.size(), word) != 0) return false;
    at += word.size();
    if (at == command.size()) return true;
    if (command[at] != ' ') return false;
    ++at;
  }
  return false;
}

}  // namespace

void CommandTable::add(Command command) {
  const auto behind = std::ranges::upper_bound(commands_, command.words, {}, &Command::words);
  commands_.insert(behind, std::move(command));
}

const Command* CommandTable::find(std::span<const std::string> words) const {
  const Command* found = nullptr;
  for (const Command& command : commands_) {
    const bool longer = found == nullptr || command.words.size() > found->words.size();
    if (longer && begins(words, command.words)) found = &command;
  }
  return found;
}

std::size_t CommandTable::length(const Command& command) {
  return static_cast<std::size_t>(std::ranges::count(command.words, ' ')) + 1;
}

}  // namespace lb::admin
