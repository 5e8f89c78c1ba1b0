#pragma once

#include <string>
#include <vector>

#include "conf/source.h"

namespace lb {

// The machine itself. Any thread that may block can have one of its own.
class SystemSource final : public conf::Source {
 public:
  std::expected<std::string, std::string> read(const std::string& path, std::size_t limit) override;
  std::optional<std::vector<std::string>> list(const std::string& path) override;
  std::optional<std::string> env(const std::string& name) override;
  bool user_exists(const std::string& name) override;
  bool group_exists(const std::string& name) override;
  std::expected<std::vector<conf::Address>, std::string> resolve(const std::string& host) override;
};

}  // namespace lb
