#include "conf/yaml/exclusive.h"

#include <fmt/format.h>

namespace conf::yaml {

void require_at_most_one(const Cursor& at, const Given& given) {
  if (given.size() > 1) at.mistake(fmt::format("has both {} and {}: keep one", given[0], given[1]));
}

void require_one(const Cursor& at, const Given& given, std::string_view words, bool wrong) {
  require_at_most_one(at, given);
  if (given.empty() && !wrong) at.mistake(fmt::format("has none of {}: write one", words));
}

}  // namespace conf::yaml
