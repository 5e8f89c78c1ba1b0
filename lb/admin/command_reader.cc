#include "lb/admin/command_reader.h"

#include <algorithm>
#include <utility>

namespace lb::admin {
namespace {

constexpr std::string_view kPayload = "<<";
constexpr std::string_view kBlanks = " \t";

// Where the command at the front of a line ends: at a `;` that no backslash precedes, or behind it.
std::size_t end_of_command(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == ';') return i;
    if (line[i] == '\\') ++i;
  }
  return line.size();
}

// Takes the first word off, its backslashes read.
std::string take_word(std::string_view& text) {
  std::string word;
  while (!text.empty() && !kBlanks.contains(text.front())) {
    if (text.front() == '\\') text.remove_prefix(1);
    if (text.empty()) break;
    word += text.front();
    text.remove_prefix(1);
  }
  return word;
}

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
}

struct Words {
  std::vector<std::string> words;
  bool ask_payload =
      false;  // the last one begins with <<, and no backslash made it an ordinary one
};

Words words_of(std::string_view text) {
  Words found;
  for (skip_blanks(text); !text.empty(); skip_blanks(text)) {
    found.ask_payload = text.starts_with(kPayload);
    found.words.push_back(take_word(text));
  }
  return found;
}

std::string_view without_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

void CommandReader::take(std::string_view bytes) {
  bytes_.erase(0, begin_);
  looked_at_ = std::max(looked_at_, begin_) - begin_;
  begin_ = 0;
  bytes_ += bytes;
}

CommandReader::State CommandReader::next() {
  return in_payload_ ? next_payload_line() : next_command();
}

CommandReader::State CommandReader::next_command() {
  if (!in_line_) {
    const bool whole = has_line();
    if (line_ > kLongestLine) return State::kTooLong;
    if (!whole) return State::kNeedsBytes;
    in_line_ = true;
  }
  const std::size_t end = end_of_command(line());
  const bool last = end == line_;
  const std::string_view text = last ? without_return(line()) : line().substr(0, end);
  std::string_view told = text;
  skip_blanks(told);
  auto [words, ask_payload] = words_of(text);
  command_ = {
      .text = std::string(told), .words = std::move(words), .payload = {}, .ends_line = last};
  begin_ += end + 1;  // with its ; or newline
  if (!last) {
    line_ -= end + 1;
    return State::kCommand;
  }
  in_line_ = false;
  if (!ask_payload) return State::kCommand;
  tag_ = command_.words.back().substr(kPayload.size());
  command_.words.pop_back();
  in_payload_ = true;
  return State::kNeedsPayload;
}

CommandReader::State CommandReader::next_payload_line() {
  const bool whole = has_line();
  if (command_.payload.size() + line_ > kLongestPayload) return State::kTooLong;
  if (!whole) return State::kNeedsBytes;
  if (without_return(line()) == tag_) {
    in_payload_ = false;
  } else {
    command_.payload.append(line()).push_back('\n');
  }
  begin_ += line_ + 1;
  return in_payload_ ? State::kNeedsPayload : State::kCommand;
}

// Whether the line at begin_ has its newline; line_ is what there is of it. What has been looked
// through for one is not looked through again.
bool CommandReader::has_line() {
  const std::size_t end = bytes_.find('\n', std::max(looked_at_, begin_));
  looked_at_ = std::min(end, bytes_.size());
  line_ = looked_at_ - begin_;
  return end != std::string::npos;
}

}  // namespace lb::admin
