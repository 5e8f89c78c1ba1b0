#pragma once

#include <span>
#include <string_view>

namespace conf {

// The word that the writer of `wrong` most likely meant; empty when none comes close.
[[nodiscard]] std::string_view nearest(std::string_view wrong,
                                       std::span<const std::string_view> words);

}  // namespace conf
