#include "lb/telemetry/console.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <iterator>
#include <string>

namespace lb::telemetry {
namespace {

constexpr int kPatience = 100;  // ms for a reader who is slow

struct Label {
  std::string_view text;
  std::string_view colour;
};

Label label_of(Level level) {
  if (level <= Level::kErr) return {.text = "[ALERT]", .colour = "\x1b[31m"};
  if (level == Level::kWarning) return {.text = "[WARNING]", .colour = "\x1b[33m"};
  return {.text = "[NOTICE]", .colour = "\x1b[32m"};
}

}  // namespace

Console::Console(int fd, bool quiet) : fd_(fd), quiet_(quiet), colour_(::isatty(fd) == 1) {}

void Console::say(Level level, std::string_view text) const {
  if (quiet_) return;
  const Label label = label_of(level);
  constexpr std::size_t kLabelWidth = 10;
  std::string line =
      fmt::format("{}{}{}{:{}} ({}) : ", colour_ ? label.colour : "", label.text,
                  colour_ ? "\x1b[0m" : "", "", kLabelWidth - label.text.size(), ::getpid());
  for (const char c : text) {
    line += c;
    if (c == '\n') line += "   | ";
  }
  line += '\n';
  // One write a line, so that lines of several threads do not mix. A reader who has stopped reading
  // must not stop us: where poll() sees room, PIPE_BUF bytes fit. Nobody is left to tell of the
  // rest.
  line.resize(std::min<std::size_t>(line.size(), PIPE_BUF));
  pollfd asked{.fd = fd_, .events = POLLOUT, .revents = 0};
  if (::poll(&asked, 1, kPatience) == 0) return;
  while (::write(fd_, line.data(), line.size()) < 0 && errno == EINTR) {
  }
}

}  // namespace lb::telemetry
