#pragma once

#include <termios.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lb::cli {

// Whether standard output is a terminal.
[[nodiscard]] bool on_terminal();

// Whether it shows colour: a terminal, not a dumb one, and NO_COLOR is not set (no-color.org).
[[nodiscard]] bool colour_wanted();

struct Size {
  int rows = 24;
  int columns = 80;
};
[[nodiscard]] Size terminal_size();

// From here on SIGINT, SIGTERM and SIGHUP no longer end the process; interrupted() tells them.
void catch_signals();
[[nodiscard]] bool interrupted();

// Waits until something can be read there; without patience for as long as it takes. What was
// caught before counts as well, so no signal is lost between a look and the wait.
enum class Readiness : std::uint8_t { kReady, kTimeout, kSignal };
[[nodiscard]] Readiness wait_readable(int fd, std::optional<std::chrono::milliseconds> patience);

// Waits for a key, a signal, a resize or the time, whichever comes first; not at all once a signal
// was caught.
[[nodiscard]] std::optional<char> wait_key(std::chrono::milliseconds time);

// Writes all of it to standard output at once.
void put(std::string_view text);

// The alternate screen of the terminal, without cursor and line wrap, keys read one by one. Its end
// gives back the screen that was there.
class Screen {
 public:
  Screen();
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

 private:
  termios before_{};
  bool has_keys_ = false;
};

}  // namespace lb::cli
