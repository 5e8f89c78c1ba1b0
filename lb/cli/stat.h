#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lb::cli {

// A line of `show stat`. Numbers are nullopt where the line has none.
struct Stat {
  enum class Kind : std::uint8_t { kFrontend, kBackend, kServer, kListener };

  std::string proxy = {};  // the frontend or backend
  std::string name = {};   // FRONTEND, BACKEND, or the server's or listener's
  Kind kind = Kind::kServer;
  std::string status = {};  // "OPEN", "UP 1/3", "DOWN", "MAINT", "DRAIN", "no check", ...
  std::string check = {};   // "L4OK", "* L4TOUT" while one is under way; empty: not checked
  std::string last_check = {};
  std::optional<std::int64_t> check_ms = {};
  std::optional<std::int64_t> sessions = {}, queued = {}, total = {}, rate = {}, weight = {},
                              bytes_in = {}, bytes_out = {};
  std::optional<std::int64_t> last_change_s = {};
};

// Columns are found by name, so that any version of HAProxy's API is read. The error is a sentence.
[[nodiscard]] std::expected<std::vector<Stat>, std::string> read_stat(std::string_view csv);

// The values of a line of CSV (RFC 4180: quotes around commas and doubled quotes).
[[nodiscard]] std::vector<std::string> split_csv(std::string_view line);

}  // namespace lb::cli
