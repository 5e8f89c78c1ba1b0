#include "lb/admin/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string_view>
#include <vector>

#include "conf/nearest.h"
#include "conf/value.h"

namespace lb::admin {
namespace {

using Words = std::vector<std::string>;

// They close every list, as every client has them.
constexpr std::string_view kAlways[] = {"help", "prompt", "quit"};

Words split(const std::string& text) {
  std::istringstream stream(text);
  return {std::istream_iterator<std::string>(stream), {}};
}

bool always(std::string_view words) {
  return std::ranges::find(kAlways, words) != std::end(kAlways);
}

std::size_t shared_words(std::span<const std::string> typed, const Words& words) {
  return static_cast<std::size_t>(std::ranges::mismatch(typed, words).in2 - words.begin());
}

std::string_view word_at(const Words& words, std::size_t n) {
  return n < words.size() ? std::string_view(words[n]) : std::string_view();
}

struct Found {
  std::vector<const Command*> commands;
  bool match = true;  // false: nothing is like what was typed, these are all
};

// Those that share the most whole words with what was typed. Of them those whose next word begins
// as the typed one, or else those whose next word is the nearest to it, or else all.
Found best_of(const CommandTable& table, Level level, std::span<const std::string> typed) {
  std::size_t most = 0;
  std::vector<std::pair<const Command*, Words>> found;
  for (const Command& command : table.all()) {
    if (command.level > level || always(command.words)) continue;
    Words words = split(command.words);
    const std::size_t shared = shared_words(typed, words);
    if (shared > most) found.clear();
    most = std::max(most, shared);
    if (shared == most) found.emplace_back(&command, std::move(words));
  }
  const std::string_view next = most < typed.size() ? std::string_view(typed[most]) : "";
  std::vector<std::string_view> choices;
  choices.reserve(found.size());
  for (const auto& [command, words] : found) choices.push_back(word_at(words, most));
  const auto begins = [next](std::string_view word) { return word.starts_with(next); };
  const bool any = std::ranges::any_of(choices, begins);
  const std::string_view meant = any ? "" : conf::nearest(next, choices);

  Found best{.commands = {}, .match = any || most != 0 || !meant.empty()};
  for (const auto& [command, words] : found) {
    const std::string_view word = word_at(words, most);
    if (any ? begins(word) : meant.empty() || word == meant) best.commands.push_back(command);
  }
  return best;
}

void append_row(const Command& command, std::string& out) {
  const std::string usage = command.arguments.empty()
                                ? command.words
                                : fmt::format("{} {}", command.words, command.arguments);
  fmt::format_to(std::back_inserter(out), "  {:<40}: {}\n", usage, command.description);
}

std::string with_rows(std::string text, const CommandTable& table, const Found& found) {
  for (const Command* command : found.commands) append_row(*command, text);
  for (const Command& command : table.all())
    if (always(command.words)) append_row(command, text);
  return text;
}

}  // namespace

std::string help_text(const CommandTable& table, Level level, std::span<const std::string> words) {
  return with_rows("The following commands are valid at this level:\n", table,
                   best_of(table, level, words));
}

std::string unknown_text(const CommandTable& table, Level level,
                         std::span<const std::string> words) {
  const Found found = best_of(table, level, words);
  const std::string typed =
      words.empty() ? "" : fmt::format(": '{}'", conf::printable(words.front()));
  const std::string_view next = found.match && !words.empty()
                                    ? ", but maybe one of the following ones is a better match:"
                                    : ". Please enter one of the following commands only:";
  return with_rows(fmt::format("Unknown command{}{}\n", typed, next), table, found);
}

}  // namespace lb::admin
