#pragma once

#include <expected>
#include <string>
#include <string_view>

namespace lb::cli {

// The text of one command of the runtime API, word by word.
class Words {
 public:
  explicit Words(std::string_view command) : text_(command) {}

  // A word that stays one word: what the API would split at is escaped, and so is what would end
  // the command. A line end cannot be escaped; it becomes a space.
  Words& add(std::string_view word);

  // A keyword and its value, when there is a value.
  Words& add(std::string_view keyword, std::string_view value);

  // A keyword, when it is wanted.
  Words& add_if(bool wanted, std::string_view keyword);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// What an operator may write for "50 a second": "50/s" or "50". Answers "50/s".
[[nodiscard]] std::expected<std::string, std::string> read_pace(std::string_view text);

// "10%" or "10". Answers "10%".
[[nodiscard]] std::expected<std::string, std::string> read_percent(std::string_view text);

// A time as a configuration has it: "250ms", "30s", "2m", "1h". Answers it as it is.
[[nodiscard]] std::expected<std::string, std::string> read_time(std::string_view text);

}  // namespace lb::cli
