#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "conf/admin.h"
#include "conf/log.h"

namespace lb::admin {

using Level = conf::AdminLevel;

// Who is on the other side. A plain value, to be kept as long as one likes.
struct Client {
  std::string socket;        // "unix@/run/tidegate.sock", "127.0.0.1:9999": where it came in
  std::optional<uid_t> uid;  // UNIX sockets only, as the kernel says
  std::optional<pid_t> pid;
};

// What stands before sentences: nothing, "[3]: " or "[err]: ".
enum class SeverityOutput : std::uint8_t { kNone, kNumber, kString };

// How a client is spoken to. It changes its own with commands such as `prompt`.
struct Terms {
  // One line and its replies, then the end; or line after line, with "> " before each or without.
  enum class Mode : std::uint8_t { kOneLine, kInteractive, kPrompt, kTimedPrompt };

  Level level = Level::kUser;
  Mode mode = Mode::kOneLine;
  SeverityOutput severity_output = SeverityOutput::kNone;
  std::chrono::milliseconds timeout = std::chrono::seconds{10};
  bool quit = false;  // it wants to go: no further word
};

// What a command's handler is given.
struct Request {
  std::vector<std::string> words;  // behind those of the command itself, at most 64 with them
  std::string payload;             // the lines behind `<<`, each with its newline
  Client client;
  Terms& terms;  // to be used only until the handler returns; what is kept is copied out

  // The n-th word, empty where there is none.
  [[nodiscard]] std::string_view word(std::size_t n) const {
    return n < words.size() ? std::string_view(words[n]) : std::string_view();
  }
};

}  // namespace lb::admin
