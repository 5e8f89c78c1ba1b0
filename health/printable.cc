#include "health/printable.h"

#include <fmt/format.h>

namespace health {

std::string printable(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    const bool plain = byte >= ' ' && byte <= '~';
    if (text.size() + (plain ? 1 : 4) > kLongestInfo) break;
    if (plain) {
      text += byte;
    } else {
      text += fmt::format("<{:02X}>", static_cast<unsigned char>(byte));
    }
  }
  return text;
}

}  // namespace health
