#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "conf/source.h"

namespace support {

// A machine that exists in memory only. What is not put in is not there.
class MemorySource final : public conf::Source {
 public:
  std::map<std::string, std::string> files;
  std::map<std::string, std::vector<std::string>> directories;
  std::map<std::string, std::string> environment;
  std::map<std::string, std::vector<conf::Address>> hosts;
  std::set<std::string> users;
  std::set<std::string> groups;

  std::expected<std::string, std::string> read(const std::string& path,
                                               std::size_t limit) override {
    const auto file = files.find(path);
    if (file == files.end()) return std::unexpected("No such file or directory");
    if (file->second.size() > limit) return std::unexpected("it is too large");
    return file->second;
  }

  std::optional<std::vector<std::string>> list(const std::string& path) override {
    return find(directories, path);
  }

  std::optional<std::string> env(const std::string& name) override {
    return find(environment, name);
  }

  bool user_exists(const std::string& name) override { return users.contains(name); }
  bool group_exists(const std::string& name) override { return groups.contains(name); }

  std::expected<std::vector<conf::Address>, std::string> resolve(const std::string& host) override {
    const auto answer = find(hosts, host);
    if (!answer) return std::unexpected("Name or service not known");
    return *answer;
  }

 private:
  template <typename T>
  static std::optional<T> find(const std::map<std::string, T>& map, const std::string& key) {
    const auto found = map.find(key);
    return found == map.end() ? std::nullopt : std::optional<T>(found->second);
  }
};

}  // namespace support
