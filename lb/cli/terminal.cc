#include "lb/cli/terminal.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

namespace lb::cli {
namespace {

constexpr auto kCaught = std::to_array({SIGINT, SIGTERM, SIGHUP, SIGWINCH});

// A signal handler reaches nothing else.
volatile std::sig_atomic_t caught = 0;  // NOLINT(bugprone-dynamic-static-initializers)

void note(int signal) {
  if (signal != SIGWINCH) caught = 1;
}

// Holds back what is caught, so that no signal comes between a look at it and the wait for it.
class Held {
 public:
  Held() {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : kCaught) sigaddset(&signals, signal);
    ::pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~Held() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  Held(const Held&) = delete;
  Held& operator=(const Held&) = delete;

  [[nodiscard]] const sigset_t& before() const { return before_; }

 private:
  sigset_t before_{};
};

timespec to_timespec(std::chrono::milliseconds time) {
  using std::chrono::nanoseconds;
  const auto whole = std::chrono::duration_cast<std::chrono::seconds>(time);
  return {.tv_sec = whole.count(), .tv_nsec = nanoseconds(time - whole).count()};
}

}  // namespace

bool on_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool colour_wanted() {
  // Nothing here changes the environment, and there is one thread.
  const char* const refused = std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe)
  if (refused != nullptr && *refused != '\0') return false;
  const char* const kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
  return on_terminal() && (kind == nullptr || std::string_view(kind) != "dumb");
}

Size terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0)
    return {};
  return {.rows = size.ws_row, .columns = size.ws_col};
}

void catch_signals() {
  struct sigaction action{};
  action.sa_handler = note;  // without SA_RESTART: what waits is to notice
  for (const int signal : kCaught) ::sigaction(signal, &action, nullptr);
}

bool interrupted() { return caught != 0; }

Readiness wait_readable(int fd, std::optional<std::chrono::milliseconds> patience) {
  const timespec limit = to_timespec(patience.value_or(std::chrono::milliseconds{0}));
  pollfd watched{.fd = fd, .events = POLLIN, .revents = 0};
  for (;;) {
    const Held held;
    if (interrupted()) return Readiness::kSignal;
    const int ready = ::ppoll(&watched, 1, patience ? &limit : nullptr, &held.before());
    if (ready > 0) return Readiness::kReady;
    if (ready == 0) return Readiness::kTimeout;
  }
}

std::optional<char> wait_key(std::chrono::milliseconds time) {
  const timespec limit = to_timespec(time);
  // Only a terminal in the foreground has keys; a closed pipe or /dev/null would be readable for
  // ever.
  const bool keys = ::isatty(STDIN_FILENO) == 1 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
  pollfd watched{.fd = keys ? STDIN_FILENO : -1, .events = POLLIN, .revents = 0};
  const Held held;
  if (interrupted() || ::ppoll(&watched, 1, &limit, &held.before()) <= 0) return std::nullopt;
  char key = 0;
  if (::read(STDIN_FILENO, &key, 1) != 1) {
    caught = 1;  // the terminal is gone
    return std::nullopt;
  }
  return key;
}

void put(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

Screen::Screen() {
  if (::tcgetattr(STDIN_FILENO, &before_) == 0) {
    termios keys = before_;
    keys.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
    has_keys_ = ::tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
  }
  put("\x1b[?1049h\x1b[?25l\x1b[?7l");
}

Screen::~Screen() {
  put("\x1b[?7h\x1b[?25h\x1b[?1049l");
  if (has_keys_) ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
}

}  // namespace lb::cli
