#pragma once

#include <chrono>
#include <expected>
#include <string>
#include <string_view>

#include "lb/cli/reply.h"

namespace lb::cli {

// Asks the runtime API of a daemon: each time on a connection of its own, with blocking calls. Once
// signals are caught (terminal.h), one that ends the process ends the waiting.
class Client {
 public:
  // A path ("/run/tidegate/admin.sock", "unix:/run/x.sock", "unix@/run/x.sock"), or "host:port".
  explicit Client(std::string socket) : socket_(std::move(socket)) {}

  // The answer to a command. The error is the API's own text, or a sentence that says why there is
  // no answer and what would help.
  [[nodiscard]] std::expected<std::string, std::string> ask(std::string_view command) const;

  // The same with both parts of the answer, for commands that may take as long as they want.
  [[nodiscard]] std::expected<Reply, std::string> ask_patiently(std::string_view command) const;

 private:
  [[nodiscard]] std::expected<Reply, std::string> exchange(std::string_view command,
                                                           std::chrono::seconds patience) const;

  std::string socket_;
};

}  // namespace lb::cli
