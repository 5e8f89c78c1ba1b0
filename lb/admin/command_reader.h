#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace lb::admin {

// Cuts what a client sends into commands, as HAProxy does:
//
//   line     = command *( ";" command ) LF      a CR before it is no part of it
//   command  = words between blanks; a backslash makes any character an ordinary one
//   payload  = a line whose last word is `<<` or `<<TAG` goes on with lines that are for its last
//              command, up to an empty one or the one that is TAG
//
// A line without its newline is no command. Pure; take() what has come, then call next() until it
// needs bytes. What it holds is bounded: a line, a payload, and what was taken at once.
class CommandReader {
 public:
  static constexpr std::size_t kLongestLine = 16384;        // HAProxy's buffer
  static constexpr std::size_t kLongestPayload = 1U << 20;  // HAProxy: the same buffer

  enum class State : std::uint8_t {
    kNeedsBytes,
    kNeedsPayload,  // as kNeedsBytes, or to be asked on: a line of payload is awaited
    kCommand,       // one is in command()
    kTooLong,       // line or payload; there is no way on
  };

  struct Command {
    std::string text;                // as it was typed, without its payload
    std::vector<std::string> words;  // empty for an empty one
    std::string payload;             // each line with its newline
    bool ends_line = false;          // the next one is on another line
  };

  void take(std::string_view bytes);
  [[nodiscard]] State next();
  [[nodiscard]] const Command& command() const { return command_; }

 private:
  [[nodiscard]] State next_command();
  [[nodiscard]] State next_payload_line();
  [[nodiscard]] bool has_line();
  [[nodiscard]] std::string_view line() const {
    return std::string_view(bytes_).substr(begin_, line_);
  }

  std::string bytes_;
  std::size_t begin_ = 0;      // of what is unread in bytes_
  std::size_t looked_at_ = 0;  // so far in bytes_ there is no newline that is unread
  bool in_line_ = false;       // line_ is known
  std::size_t line_ = 0;       // how long the line at begin_ still is, without its newline
  bool in_payload_ = false;
  std::string tag_;
  Command command_;
};

}  // namespace lb::admin
