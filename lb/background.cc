#include "lb/background.h"

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <utility>

namespace lb {
namespace {

[[noreturn]] void wait_for(const net::Fd& child) {
  char byte = 0;
  ssize_t got = 0;
  do {
    got = read(child.get(), &byte, 1);
  } while (got < 0 && errno == EINTR);
  _exit(got == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

}  // namespace

void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (fcntl(stream, F_GETFD) < 0 && errno == EBADF) {
      // The lowest free number is this one.
      [[maybe_unused]] const int filled = open("/dev/null", O_RDWR);
    }
}

std::expected<Background, net::Status> Background::fork() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return std::unexpected(net::Status(errno));
  const net::Fd from_child(ends[0]);
  net::Fd to_parent(ends[1]);
  const pid_t child = ::fork();
  if (child < 0) return std::unexpected(net::Status(errno));
  if (child > 0) {
    to_parent.reset();
    wait_for(from_child);
  }
  setsid();
  return Background(std::move(to_parent));
}

void Background::ready() {
  const net::Fd null(open("/dev/null", O_RDWR | O_CLOEXEC));
  if (null)
    for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(null.get(), stream);
  const char byte = 0;
  [[maybe_unused]] const ssize_t told = write(parent_.get(), &byte, 1);
  parent_.reset();
}

}  // namespace lb
