#pragma once

#include <string_view>
#include <vector>

#include "conf/yaml/cursor.h"

namespace conf::yaml {

// Which keys of a mapping are there of those that exclude each other.
using Given = std::vector<std::string_view>;

// Of two, a mistake.
void require_at_most_one(const Cursor& at, const Given& given);

// None is a mistake as well, which names the `words` that there are. Not told once more where the
// mapping is `wrong` already, as one of them may have been meant.
void require_one(const Cursor& at, const Given& given, std::string_view words, bool wrong);

}  // namespace conf::yaml
