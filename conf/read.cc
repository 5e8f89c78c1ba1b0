#include "conf/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "conf/files.h"
#include "conf/validate.h"
#include "conf/yaml/read.h"

namespace conf {

std::string to_string(const Mistake& mistake) {
  return fmt::format("{}:{}: {}: {}", mistake.file, mistake.line, mistake.where, mistake.what);
}

std::expected<Reading, std::vector<Mistake>> read(const std::vector<std::string>& paths,
                                                  Source& source) {
  std::vector<Mistake> mistakes;
  Reading reading;
  if (paths.empty()) mistakes.push_back({"-f", 1, "file", "names no configuration: write -f FILE"});
  const auto files = load(paths, {".yaml", ".yml"}, source, mistakes);
  const bool complete = yaml::read(files, mistakes.empty(), source, reading, mistakes);
  validate(reading, complete, mistakes);

  if (mistakes.empty()) return reading;
  std::ranges::sort(mistakes, {}, [](const Mistake& it) {
    return std::tie(it.file, it.line, it.where, it.what);
  });
  return std::unexpected(std::move(mistakes));
}

}  // namespace conf
