#pragma once

#include <sys/types.h>

#include <string>

namespace lb::net {

// The name of a UNIX socket that listens. Its end removes it, unless the name is another's by then:
// a process that came after this one has put its own there.
class UnixPath {
 public:
  explicit UnixPath(std::string path);
  UnixPath(UnixPath&& other) noexcept;
  UnixPath& operator=(UnixPath&&) = delete;
  ~UnixPath();

 private:
  std::string path_;  // empty: moved from, or not there
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace lb::net
