#include "conf/host.h"

#include <algorithm>
#include <cctype>
#include <cstddef>

namespace conf {
namespace {

constexpr std::size_t kLongestHost = 253;

}  // namespace

bool is_host(std::string_view host) {
  const auto allowed = [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '_' || c == '.';
  };
  const std::string_view last = host.substr(host.rfind('.') + 1);
  const bool numeric = last.find_first_not_of("0123456789") == std::string_view::npos;
  return host.size() <= kLongestHost && std::ranges::all_of(host, allowed) && !numeric;
}

}  // namespace conf
