#pragma once

#include <cerrno>
#include <string>
#include <system_error>

namespace lb::net {

// The outcome of a system or libuv call: 0, or an errno value.
class [[nodiscard]] Status {
 public:
  Status() = default;
  explicit Status(int error) : error_(error) {}

  // The outcome of a call that has just returned `result`, -1 meaning errno.
  static Status of(int result) { return Status(result < 0 ? errno : 0); }

  [[nodiscard]] bool ok() const { return error_ == 0; }
  [[nodiscard]] int error() const { return error_; }
  [[nodiscard]] std::string message() const { return std::generic_category().message(error_); }

 private:
  int error_ = 0;
};

}  // namespace lb::net
