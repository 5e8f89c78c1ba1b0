#include "lb/telemetry/stream_sink.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>

namespace lb::telemetry {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kFollowEvery{1};

std::string path_of(int descriptor) { return fmt::format("/proc/self/fd/{}", descriptor); }

// What the kernel calls an open file now: it follows a rename, also where the directory may not be
// looked at any more.
std::string name_in_kernel(const net::Fd& fd) {
  std::array<char, PATH_MAX> name{};
  const ssize_t size = ::readlink(path_of(fd.get()).c_str(), name.data(), name.size());
  return {name.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
}

// A descriptor of our own for stdout or stderr. A terminal is opened anew, because only so can it
// be made non-blocking without doing that to the shell, which shares the open file.
std::expected<net::Fd, net::Status> open_standard(int standard) {
  struct stat facts{};
  if (::fstat(standard, &facts) == 0 && S_ISCHR(facts.st_mode)) {
    const std::string path = path_of(standard);
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
    default:
      return fmt::format("log file '{}'", target.path);
  }
}

}  // namespace

StreamSink::StreamSink(conf::LogTarget target, const LogOpener& opener, AppendNote append_note)
    : Sink(name_of(target), std::move(append_note)), target_(std::move(target)), opener_(opener) {
  open();
  if (!fd_) set_fault(fmt::format("{}: {}", name(), outage_.why()));
}

void StreamSink::open() {
  using Kind = conf::LogTarget::Kind;
  auto opened = target_.kind == Kind::kFile ? opener_(target_.path)
                                            : open_standard(target_.kind == Kind::kStdout ? 1 : 2);
  if (!opened) return outage_.because(opened.error().message());
  fd_ = std::move(*opened);
  opened_as_ = name_in_kernel(fd_);
  struct stat facts{};
  if (::fstat(fd_.get(), &facts) == 0) {
    regular_ = S_ISREG(facts.st_mode);
    device_ = facts.st_dev;
    inode_ = facts.st_ino;
  }
  // The file that had the beginning of this line is gone.
  if (!begun_.empty()) {
    begun_.clear();
    outage_.drop(1, now_);
  }
}

// Lines go on into the old file when the new one cannot be had: after a change of user, say.
void StreamSink::open_anew() {
  const std::string why = outage_.why();
  const int before = fd_.get();
  open();
  if (fd_.get() != before) return;
  if (!std::exchange(told_stuck_, true))
    outage_.say(Level::kErr, fmt::format("was moved away and cannot be opened anew: {}; lines go "
                                         "on into the old file",
                                         outage_.why()));
  outage_.because(why);
}

std::optional<std::string> StreamSink::reopen_file() {
  if (target_.kind != conf::LogTarget::Kind::kFile) return std::nullopt;
  const std::string why = outage_.why();
  const int before = fd_.get();
  open();
  if (fd_.get() != before) return std::nullopt;
  std::string fault = fmt::format("{}: {}", name(), outage_.why());
  outage_.because(why);
  return fault;
}

void StreamSink::follow() {
  if (now_ - followed_ < kFollowEvery) return;
  followed_ = now_;
  if (!fd_) return open();
  if (moved_away()) open_anew();
  if (!told_stuck_ || moved_away()) return;
  told_stuck_ = false;
  outage_.say(Level::kNotice, "is written under its name again");
}

bool StreamSink::moved_away() const {
  struct stat named{};
  if (::stat(target_.path.c_str(), &named) == 0)
    return named.st_dev != device_ || named.st_ino != inode_;
  if (errno == ENOENT) return true;
  return name_in_kernel(fd_) != opened_as_;
}

void StreamSink::take(std::string_view lines) {
  if (target_.kind == conf::LogTarget::Kind::kFile) follow();
  if (!recover()) return outage_.drop(count_lines(lines), now_);

  const std::size_t done = put(lines);
  std::string_view rest = lines.substr(done);
  if (done > 0 && !rest.empty() && lines[done - 1] != '\n') {
    const std::size_t line = rest.find('\n') + 1;
    begun_ = rest.substr(0, line);
    rest.remove_prefix(line);
  }
  outage_.drop(count_lines(rest), now_);
}

// True when the target is well: the line it had begun is whole and the outage has been told.
bool StreamSink::recover() {
  if (!in_outage()) return true;
  std::string text = begun_;
  if (outage_.goes_on()) append_told_here(text);
  const std::size_t done = put(text);
  if (outage_.goes_on() && done > begun_.size()) outage_.over();
  if (done <= begun_.size() && done < text.size()) {
    begun_.erase(0, done);
    return false;
  }
  begun_ = text.substr(done);
  return begun_.empty();
}

// Returns how many bytes the target took.
std::size_t StreamSink::put(std::string_view text) {
  std::size_t done = 0;
  while (fd_ && done < text.size()) {
    std::size_t size = text.size() - done;
    if (!regular_) {
      // The descriptor may be a blocking one that others share. Where poll() sees room, PIPE_BUF
      // bytes fit.
      if (!has_room(fd_.get(), in_outage())) break;
      size = std::min<std::size_t>(size, PIPE_BUF);
    }
    const ssize_t written = ::write(fd_.get(), text.data() + done, size);
    if (written > 0) {
      done += static_cast<std::size_t>(written);
    } else if (written == 0 || errno != EINTR) {
      outage_.because(net::Status(errno).message());
      break;
    }
  }
  return done;
}

}  // namespace lb::telemetry
