#include "conf/yaml/fields.h"

#include "conf/nearest.h"

namespace conf::yaml {

std::string mapping_of(const std::vector<std::string_view>& names) {
  return fmt::format("a mapping of {}", fmt::join(names, ", "));
}

std::string unknown_key(std::string_view key, const std::vector<std::string_view>& names) {
  const auto meant = nearest(key, names);
  if (!meant.empty()) return fmt::format("is no known key: did you mean {}?", quoted(meant));
  return fmt::format("is no known key: known here are {}", fmt::join(names, ", "));
}

}  // namespace conf::yaml
