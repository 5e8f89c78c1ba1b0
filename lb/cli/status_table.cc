#include "lb/cli/status_table.h"

#include <fmt/format.h>

#include <chrono>

#include "lb/cli/units.h"

namespace lb::cli {
namespace {

Cell short_cell(const std::optional<std::int64_t>& number) {
  return number ? Cell::of(*number, short_text(*number)) : Cell::nothing();
}

// "L4OK 2ms", or "L7STS 503 ..." as far as the server's own words go.
Cell check_cell(const Stat& stat) {
  if (stat.check.empty()) return Cell::nothing();
  std::string text = stat.check;
  if (stat.check_ms) text += fmt::format(" {}ms", *stat.check_ms);
  if (!stat.check.ends_with("OK") && !stat.last_check.empty()) text += ": " + stat.last_check;
  const Tone tone = stat.check.ends_with("OK") ? Tone::kPlain : Tone::kBad;
  return {.value = stat.check, .text = text, .tone = tone};
}

Cell since_cell(const Stat& stat) {
  if (!stat.last_change_s) return Cell::nothing();
  if (*stat.last_change_s < 1) return Cell::of(*stat.last_change_s, "now");
  return Cell::of(*stat.last_change_s, duration_text(std::chrono::seconds(*stat.last_change_s)));
}

}  // namespace

Cell state_cell(const Stat& stat) {
  const std::string& status = stat.status;
  Tone tone = Tone::kWarning;
  if (status == "UP" || status == "OPEN") tone = Tone::kGood;
  if (status == "no check") tone = Tone::kPlain;
  if (status.starts_with("DOWN") || status == "STOP") tone = Tone::kBad;
  return Cell::of(status, tone);
}

Cell number_cell(const std::optional<std::int64_t>& number) {
  return number ? Cell::of(*number) : Cell::nothing();
}

Table status_table(std::span<const Stat> stats) {
  Table table{.columns = {{.key = "proxy"},
                          {.key = "name"},
                          {.key = "state"},
                          {.key = "since_s", .number = true, .title = "SINCE"},
                          {.key = "weight", .number = true},
                          {.key = "sessions", .number = true},
                          {.key = "queue", .number = true},
                          {.key = "rate", .number = true},
                          {.key = "total", .number = true},
                          {.key = "bytes_in", .number = true},
                          {.key = "bytes_out", .number = true},
                          {.key = "check"}},
              .rows = {}};
  for (const Stat& stat : stats) {
    table.rows.push_back({Cell::of(stat.proxy), Cell::of(stat.name), state_cell(stat),
                          since_cell(stat), number_cell(stat.weight), number_cell(stat.sessions),
                          number_cell(stat.queued), number_cell(stat.rate), short_cell(stat.total),
                          short_cell(stat.bytes_in), short_cell(stat.bytes_out), check_cell(stat)});
  }
  return table;
}

}  // namespace lb::cli
