#pragma once

#include <vector>

#include "conf/files.h"
#include "conf/read.h"
#include "conf/yaml/fields.h"

namespace conf::yaml {

// Reads YAML files as one configuration. `complete` tells whether these are all there are, and the
// answer whether all could be parsed: otherwise what is missing may be in another one.
[[nodiscard]] bool read(const std::vector<File>& files, bool complete, Source& source,
                        Reading& reading, std::vector<Mistake>& mistakes);

// Every key that read() knows, `<name>` standing for a name.
[[nodiscard]] std::vector<KnownKey> known_keys();

}  // namespace conf::yaml
