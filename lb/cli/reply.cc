#include "lb/cli/reply.h"

#include <optional>

namespace lb::cli {
namespace {

constexpr int kError = 3;  // syslog's number

// "[3]: ..." at the start of a line is the severity of the message that begins there.
std::optional<int> severity(std::string_view line) {
  if (line.size() < 5 || line[0] != '[' || line.substr(2, 3) != "]: ") return std::nullopt;
  if (line[1] < '0' || line[1] > '7') return std::nullopt;
  return line[1] - '0';
}

void trim(std::string& text) {
  text.erase(0, text.find_first_not_of('\n'));
  text.erase(text.find_last_not_of('\n') + 1);
}

}  // namespace

Reply read_reply(std::string_view answer) {
  Reply reply;
  bool wrong = false;
  while (!answer.empty()) {
    const std::size_t end = answer.find('\n');
    std::string_view line = answer.substr(0, end);
    answer.remove_prefix(end == std::string_view::npos ? answer.size() : end + 1);
    if (const auto number = severity(line)) {
      line.remove_prefix(5);
      wrong = *number <= kError;
    }
    // HAProxy gives it the severity of a piece of information.
    if (line.starts_with("Unknown command")) wrong = true;
    (wrong ? reply.errors : reply.text).append(line).append("\n");
    if (line.empty()) wrong = false;
  }
  trim(reply.text);
  trim(reply.errors);
  return reply;
}

}  // namespace lb::cli
