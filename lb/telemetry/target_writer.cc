#include "lb/telemetry/target_writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <utility>

#include "lb/telemetry/note.h"

namespace lb::telemetry {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPatience{100};
constexpr std::chrono::seconds kFollowEvery{1};

std::uint64_t count_lines(std::string_view text) {
  return static_cast<std::uint64_t>(std::ranges::count(text, '\n'));
}

// A descriptor of our own for stdout or stderr. A terminal is opened anew, because only so can it
// be made non-blocking without doing that to the shell, which shares the open file.
std::expected<net::Fd, net::Status> open_standard(int standard) {
  struct stat facts{};
  if (::fstat(standard, &facts) == 0 && S_ISCHR(facts.st_mode)) {
    const std::string path = fmt::format("/proc/self/fd/{}", standard);
    const int fd = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd >= 0) return net::Fd(fd);
  }
  const int fd = ::fcntl(standard, F_DUPFD_CLOEXEC, 0);
  if (fd < 0) return std::unexpected(net::Status(errno));
  return net::Fd(fd);
}

std::string name_of(const conf::LogTarget& target) {
  switch (target.kind) {
    case conf::LogTarget::Kind::kStdout:
      return "stdout";
    case conf::LogTarget::Kind::kStderr:
      return "stderr";
    case conf::LogTarget::Kind::kNone:
    case conf::LogTarget::Kind::kFile:
      break;
  }
  return fmt::format("log file '{}'", target.path);
}

}  // namespace

TargetWriter::TargetWriter(conf::LogTarget target, const LogOpener& opener)
    : target_(std::move(target)), opener_(opener) {
  open();
  if (!fd_) fault_ = fmt::format("{}: {}", name_of(target_), missing_because_);
}

void TargetWriter::open() {
  using Kind = conf::LogTarget::Kind;
  auto opened = target_.kind == Kind::kFile ? opener_(target_.path)
                                            : open_standard(target_.kind == Kind::kStdout ? 1 : 2);
  if (!opened) {
    missing_because_ = opened.error().message();
    return;
  }
  fd_ = std::move(*opened);
  struct stat facts{};
  if (::fstat(fd_.get(), &facts) == 0) {
    regular_ = S_ISREG(facts.st_mode);
    device_ = facts.st_dev;
    inode_ = facts.st_ino;
  }
  // The file that had the beginning of this line is gone.
  if (!begun_.empty()) {
    begun_.clear();
    drop(1);
  }
}

void TargetWriter::follow(steady_clock::time_point now) {
  if (now - followed_ < kFollowEvery) return;
  followed_ = now;
  if (!fd_) return open();
  struct stat named{};
  const bool there = ::stat(target_.path.c_str(), &named) == 0;
  // Not being allowed to look says nothing about the file.
  const bool same = there ? named.st_dev == device_ && named.st_ino == inode_ : errno != ENOENT;
  if (!same) open();
}

void TargetWriter::write(std::string_view lines, steady_clock::time_point now) {
  if (target_.kind == conf::LogTarget::Kind::kFile) follow(now);
  if (!recover()) return drop(count_lines(lines));

  const std::size_t done = put(lines);
  std::string_view rest = lines.substr(done);
  if (done > 0 && !rest.empty() && lines[done - 1] != '\n') {
    const std::size_t line = rest.find('\n') + 1;
    begun_ = rest.substr(0, line);
    rest.remove_prefix(line);
  }
  if (!rest.empty()) drop(count_lines(rest));
}

// True when the target is well: the line it had begun is whole and the outage has been told.
bool TargetWriter::recover() {
  if (!in_outage()) return true;
  std::string text = begun_;
  if (missing_ > 0) {
    append_note({.level = Level::kWarning,
                 .time = std::chrono::system_clock::now(),
                 .text = fmt::format("{} log lines were dropped: {}", missing_, missing_because_)},
                target_.format, text);
  }
  const std::size_t done = put(text);
  if (done > begun_.size()) missing_ = 0;
  if (done <= begun_.size() && done < text.size()) {
    begun_.erase(0, done);
    return false;
  }
  begun_ = text.substr(done);
  return begun_.empty();
}

// Returns how many bytes the target took.
std::size_t TargetWriter::put(std::string_view text) {
  std::size_t done = 0;
  while (fd_ && done < text.size()) {
    std::size_t size = text.size() - done;
    if (!regular_) {
      // The descriptor may be a blocking one that others share. Where poll() sees room, PIPE_BUF
      // bytes fit.
      if (!writable()) break;
      size = std::min<std::size_t>(size, PIPE_BUF);
    }
    const ssize_t written = ::write(fd_.get(), text.data() + done, size);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (written == 0 || errno != EINTR) {
      missing_because_ = net::Status(errno).message();
      break;
    }
  }
  return done;
}

// Waits for room, but not again for a target that has already been waited for in vain.
bool TargetWriter::writable() {
  const auto patience = in_outage() ? std::chrono::milliseconds{0} : kPatience;
  pollfd asked{.fd = fd_.get(), .events = POLLOUT, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&asked, 1, static_cast<int>(patience.count()));
  } while (ready < 0 && errno == EINTR);
  if (ready == 0) missing_because_ = "their reader did not keep up";
  return ready > 0;
}

void TargetWriter::drop(std::uint64_t lines) {
  missing_ += lines;
  dropped_.store(dropped() + lines, std::memory_order_relaxed);
}

std::uint64_t TargetWriter::dropped() const { return dropped_.load(std::memory_order_relaxed); }

}  // namespace lb::telemetry
