#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "conf/address.h"

namespace conf {

// All that reading a configuration asks of the system, so that a test can answer from memory.
// Errors are the reason alone ("Permission denied"); the caller knows the place. Blocking: used at
// start and before a reload, never by a worker.
class Source {
 public:
  virtual ~Source() = default;

  // A whole file; more than `limit` bytes is an error.
  [[nodiscard]] virtual std::expected<std::string, std::string> read(const std::string& path,
                                                                     std::size_t limit) = 0;

  // Names of the entries of a directory, unsorted; nullopt when `path` is not a directory.
  [[nodiscard]] virtual std::optional<std::vector<std::string>> list(const std::string& path) = 0;

  [[nodiscard]] virtual std::optional<std::string> env(const std::string& name) = 0;
  [[nodiscard]] virtual bool user_exists(const std::string& name) = 0;
  [[nodiscard]] virtual bool group_exists(const std::string& name) = 0;

  // The addresses of a host name, port 0, in RFC 6724 order; never empty on success.
  [[nodiscard]] virtual std::expected<std::vector<Address>, std::string> resolve(
      const std::string& host) = 0;
};

}  // namespace conf
