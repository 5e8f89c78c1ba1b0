#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lb/cli/table.h"

namespace lb::cli {

// One drain as `drains json` tells it. Times are milliseconds.
struct Drain {
  std::string server = {};   // "app/s1"
  std::string mode = {};     // natural, deadline, when-quiet
  std::string state = {};    // draining, drained, aborted
  std::string started = {};  // ISO 8601, UTC: later ones compare greater
  std::int64_t at_start = 0;
  std::int64_t sessions = 0;
  std::int64_t quiet = 0, answered = 0, still = 0, forced = 0;  // closed, by grade
  std::int64_t ended = 0;                                       // by themselves
  std::int64_t moved = 0;                                       // connects that were picked again
  std::int64_t raced = 0;
  std::optional<std::int64_t> age = {}, deadline = {}, oldest = {}, estimate = {};
  std::vector<std::int64_t> curve_times = {}, curve_sessions = {};
};

[[nodiscard]] std::expected<std::vector<Drain>, std::string> read_drains(std::string_view json);

// The latest drain of each of these servers, in their order; none for a server without one.
[[nodiscard]] std::vector<Drain> latest_of(std::span<const std::string> servers,
                                           std::span<const Drain> drains);

[[nodiscard]] bool over(std::span<const Drain> drains);

// What a script learns from drains that are over: 0 drained, 3 some sessions were cut although they
// were not quiet, 4 aborted.
[[nodiscard]] int exit_status(std::span<const Drain> drains);

// Of the JSON that told of them, these drains with all that it says, indented.
[[nodiscard]] std::string as_told(std::string_view json, std::span<const Drain> drains);

[[nodiscard]] Table drains_table(std::span<const Drain> drains);

// What is watched: a bar, the curve and where the sessions went, two lines for each server.
[[nodiscard]] std::string picture(std::span<const Drain> drains, int columns);

// The same in one line, for a log: "app/s1: 40 of 100 sessions left, 1m 0s to go".
[[nodiscard]] std::string sentence(const Drain& drain);

}  // namespace lb::cli
