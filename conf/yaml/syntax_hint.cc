#include "conf/yaml/syntax_hint.h"

#include <algorithm>
#include <cstddef>

namespace conf::yaml {
namespace {

std::string_view line_of(std::string_view text, int line) {
  for (int number = 1; number < line; ++number) {
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return text.substr(0, text.find('\n'));
}

}  // namespace

std::string syntax_hint(std::string_view message, std::string_view text, int line) {
  const std::string_view wrong = line_of(text, line);
  const std::string_view indent = wrong.substr(0, wrong.find_first_not_of(" \t"));
  if (indent.contains('\t')) return "indent with spaces, not with tabs";
  if (message.contains("anchor")) return R"(write a value that begins with * in quotes, as "*:80")";
  if (wrong.contains("${")) return "write ${...} between [ ] or { } in quotes";
  if (wrong.contains("[:") || wrong.contains("]:")) {
    return R"(write an address that begins with [ in quotes, as "[::]:80")";
  }
  return "look at indentation, quotes and brackets here and just above";
}

}  // namespace conf::yaml
