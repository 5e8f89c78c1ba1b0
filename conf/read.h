#pragma once

#include <expected>
#include <string>
#include <vector>

#include "conf/model.h"
#include "conf/source.h"

namespace conf {

// One thing wrong with a configuration, or worth saying about it. `where` is the path of keys,
// `what` a sentence that says what is wrong and what would be right.
struct Mistake {
  std::string file;
  int line = 0;
  std::string where;
  std::string what;
};

// "file:line: where: what"
[[nodiscard]] std::string to_string(const Mistake& mistake);

struct Reading {
  Config config;
  std::vector<Mistake>
      notes;  // harmless things the operator should know, such as which address a name got
};

// Reads files and directories (their *.yaml and *.yml, in C order) as one configuration: either a
// model that is valid as a whole and needs no further check, or every mistake in it.
[[nodiscard]] std::expected<Reading, std::vector<Mistake>> read(
    const std::vector<std::string>& paths, Source& source);

}  // namespace conf
