#include "lb/net/unix_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include <utility>

namespace lb::net {

UnixPath::UnixPath(std::string path) : path_(std::move(path)) {
  struct stat found{};
  if (lstat(path_.c_str(), &found) != 0) path_.clear();
  device_ = found.st_dev;
  inode_ = found.st_ino;
}

UnixPath::UnixPath(UnixPath&& other) noexcept
    : path_(std::exchange(other.path_, {})), device_(other.device_), inode_(other.inode_) {}

UnixPath::~UnixPath() {
  struct stat found{};
  if (path_.empty() || lstat(path_.c_str(), &found) != 0) return;
  if (found.st_dev == device_ && found.st_ino == inode_) unlink(path_.c_str());
}

}  // namespace lb::net
