#pragma once

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lb/cli/stat.h"

namespace lb::cli {

// Servers as an operator names them: "app/s1", "app/s1,s2", or "app" for all of a backend.
struct Target {
  std::string backend;
  std::vector<std::string> servers;  // empty: all

  [[nodiscard]] std::string text() const;
};

// The error says what a name looks like.
[[nodiscard]] std::expected<Target, std::string> read_target(std::string_view text);

// The servers of it, as "app/s1". Those that are named are answered whether they exist or not.
[[nodiscard]] std::vector<std::string> servers_of(const Target& target,
                                                  std::span<const Stat> stats);

// What to write instead of a wrong name: the nearest one, or else some of all there are.
[[nodiscard]] std::string suggestion(std::string_view wrong,
                                     std::span<const std::string_view> names);

// For a name that nobody has: a sentence that names the nearest, or else all there are. Empty when
// the name is right, so that an error has another reason.
[[nodiscard]] std::string wrong_name(const Target& target, std::span<const Stat> stats);

}  // namespace lb::cli
