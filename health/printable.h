#pragma once

#include <string>
#include <string_view>

namespace health {

// What a stranger said, for the operator's eyes: HAProxy's log form, in which a byte outside
// ASCII's printable ones reads as "<0A>". At most kLongestInfo characters, whatever comes.
[[nodiscard]] std::string printable(std::string_view bytes);

// As much as HAProxy keeps of what a check has to tell.
inline constexpr std::size_t kLongestInfo = 127;

}  // namespace health
