#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace lb::cli {

// The two largest units that say something: "850ms", "12s", "2m 5s", "3h 10m", "1d 2h".
[[nodiscard]] std::string duration_text(std::chrono::milliseconds time);

// Three digits and a decimal prefix: "512", "1.23k", "45.6M".
[[nodiscard]] std::string short_text(std::int64_t amount);

}  // namespace lb::cli
