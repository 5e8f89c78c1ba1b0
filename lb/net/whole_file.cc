#include "lb/net/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>

namespace lb::net {
namespace {

Status write_all(const Fd& fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return Status(written < 0 ? errno : EIO);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return Status::of(fsync(fd.get()));
}

std::string directory_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

// The name of a file is in its directory.
void sync_directory(const std::string& path) {
  const Fd directory(open(directory_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) fsync(directory.get());
}

}  // namespace

std::expected<std::string, Status> read_file(Opener& opener, const std::string& path,
                                             std::size_t most) {
  const auto fd = opener.open_state(path);
  if (!fd) return std::unexpected(fd.error());
  struct stat facts{};
  if (fstat(fd->get(), &facts) != 0) return std::unexpected(Status(errno));
  if (!S_ISREG(facts.st_mode)) return std::unexpected(Status(EINVAL));
  std::string text;
  std::array<char, 65536> part{};
  for (;;) {
    const ssize_t got = ::read(fd->get(), part.data(), part.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return std::unexpected(Status(errno));
    if (got == 0) return text;
    if (text.size() + static_cast<std::size_t>(got) > most) return std::unexpected(Status(EFBIG));
    text.append(part.data(), static_cast<std::size_t>(got));
  }
}

Status replace_file(Opener& opener, const std::string& path, std::string_view text) {
  if (const Status may = may_replace_file(path); !may.ok()) return may;
  // A process that ends beside the one that takes its place must not write into its file.
  const std::string fresh = path + ".new." + std::to_string(getpid());
  const auto fd = opener.make_state(fresh);
  if (!fd) return fd.error();
  Status done = write_all(*fd, text);
  if (done.ok()) done = Status::of(std::rename(fresh.c_str(), path.c_str()));
  if (!done.ok()) unlink(fresh.c_str());
  if (done.ok()) sync_directory(path);
  return done;
}

Status may_replace_file(const std::string& path) {
  struct stat facts{};
  if (stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode)) return Status(EEXIST);
  return Status::of(faccessat(AT_FDCWD, directory_of(path).c_str(), W_OK | X_OK, AT_EACCESS));
}

}  // namespace lb::net
