#pragma once

#include <string>
#include <vector>

#include "conf/read.h"

namespace conf {

struct File {
  std::string name;
  std::string text;
};

// The configuration files that `paths` mean, a directory meaning its visible entries that end in
// one of `endings`, in C order. What cannot be read, or is no text, becomes a mistake instead.
[[nodiscard]] std::vector<File> load(const std::vector<std::string>& paths,
                                     const std::vector<std::string>& endings, Source& source,
                                     std::vector<Mistake>& mistakes);

// The largest file that is read at all.
inline constexpr std::size_t kLargestFile = std::size_t{16} << 20;

}  // namespace conf
