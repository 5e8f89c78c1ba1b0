#include "conf/files.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace conf {
namespace {

// A parser may have to keep a whole line before it knows what the first word of it is.
constexpr std::size_t kLongestLine = std::size_t{256} << 10;

bool wanted(std::string_view name, const std::vector<std::string>& endings) {
  return !name.starts_with('.') &&
         std::ranges::any_of(endings, [&](const auto& ending) { return name.ends_with(ending); });
}

// A path that is no directory stands for itself.
std::vector<std::string> files_of(const std::string& path, const std::vector<std::string>& endings,
                                  Source& source, std::vector<Mistake>& mistakes) {
  auto names = source.list(path);
  if (!names) return {path};

  std::erase_if(*names, [&](const auto& name) { return !wanted(name, endings); });
  std::ranges::sort(*names);
  if (names->empty()) {
    mistakes.push_back(
        {path, 1, "file",
         fmt::format("is a directory without a file that ends in {}", fmt::join(endings, " or "))});
  }
  for (auto& name : *names) name.insert(0, path.ends_with('/') ? path : path + "/");
  return std::move(*names);
}

void check_text(const File& file, std::vector<Mistake>& mistakes) {
  int number = 1;
  for (std::size_t begin = 0; begin < file.text.size(); ++number) {
    const std::size_t end = std::min(file.text.find('\n', begin), file.text.size());
    const auto line = std::string_view(file.text).substr(begin, end - begin);
    const char* what = nullptr;
    if (line.contains('\0')) what = "holds a NUL byte: a configuration is text in UTF-8";
    if (line.size() > kLongestLine) what = "is longer than 256 KiB: break the line";
    if (what != nullptr) {
      mistakes.push_back({file.name, number, "file", what});
      return;
    }
    begin = end + 1;
  }
}

}  // namespace

std::vector<File> load(const std::vector<std::string>& paths,
                       const std::vector<std::string>& endings, Source& source,
                       std::vector<Mistake>& mistakes) {
  std::vector<File> files;
  for (const auto& path : paths) {
    for (auto& name : files_of(path, endings, source, mistakes)) {
      auto text = source.read(name, kLargestFile);
      if (!text) {
        mistakes.push_back({name, 1, "file", "cannot be read: " + text.error()});
        continue;
      }
      const std::size_t before = mistakes.size();
      File file{std::move(name), *std::move(text)};
      check_text(file, mistakes);
      if (mistakes.size() == before) files.push_back(std::move(file));
    }
  }
  return files;
}

}  // namespace conf
