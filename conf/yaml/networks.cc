#include "conf/yaml/networks.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "conf/files.h"
#include "conf/value.h"

namespace conf::yaml {
namespace {

constexpr std::string_view kFile = "file:";
constexpr std::string_view kBlank = " \t\r";

// Says what is wrong with a text that parse_network() refuses.
std::string wrong_network(std::string_view text) {
  if (parse_ip(text.substr(0, text.find('/'))) && text.contains('/')) {
    return fmt::format(
        "must be a network whose bits after the prefix are zero, such as 10.0.0.0/8, is {}",
        quoted(text));
  }
  return fmt::format("must be an address or a network such as 10.0.0.0/8 or 2001:db8::/32, is {}",
                     quoted(text));
}

std::string_view trimmed(std::string_view line) {
  line = line.substr(0, line.find('#'));
  line.remove_prefix(std::min(line.find_first_not_of(kBlank), line.size()));
  return line.substr(0, line.find_last_not_of(kBlank) + 1);
}

void read_list(const Cursor& at, const std::string& path, std::vector<Network>& networks) {
  const auto text = at.source().read(path, kLargestFile);
  if (!text) {
    at.mistake(fmt::format("{} cannot be read: {}", quoted(path), text.error()));
    return;
  }
  std::string_view rest = *text;
  for (int line = 1; !rest.empty(); ++line) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view word = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.empty()) continue;
    if (const auto network = parse_network(word)) {
      networks.push_back(*network);
    } else {
      at.mistake_in(path, line, wrong_network(word));
    }
  }
}

void read_one(const Cursor& at, std::vector<Network>& networks) {
  const auto text = at.text("a network such as 10.0.0.0/8, or file:/path");
  if (!text) return;
  if (text->starts_with(kFile)) {
    read_list(at, text->substr(kFile.size()), networks);
  } else if (const auto network = parse_network(*text)) {
    networks.push_back(*network);
  } else {
    at.mistake(wrong_network(*text));
  }
}

}  // namespace

std::vector<Network> networks_at(const Cursor& at) {
  std::vector<Network> networks;
  for (const auto& item : at.items()) read_one(item, networks);
  return networks;
}

}  // namespace conf::yaml
