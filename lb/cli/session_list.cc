#include "lb/cli/session_list.h"

#include <chrono>

#include "lb/cli/units.h"

namespace lb::cli {
namespace {

Cell text_cell(const Json& session, std::string_view key) {
  const std::string text = text_in(session, key);
  return text.empty() ? Cell::nothing() : Cell::of(text);
}

Cell number_cell(const Json& session, std::string_view key, std::string (*shown)(std::int64_t)) {
  const auto number = number_in(session, key);
  return number ? Cell::of(*number, shown(*number)) : Cell::nothing();
}

std::string time_text(std::int64_t ms) { return duration_text(std::chrono::milliseconds(ms)); }

}  // namespace

Table sessions_table(const Json& answer) {
  Table table{.columns = {{.key = "id", .number = true},
                          {.key = "frontend"},
                          {.key = "backend"},
                          {.key = "server"},
                          {.key = "client"},
                          {.key = "server_address"},
                          {.key = "state"},
                          {.key = "age_ms", .number = true, .title = "AGE"},
                          {.key = "idle_ms", .number = true, .title = "IDLE"},
                          {.key = "last"},
                          {.key = "bytes_in", .number = true},
                          {.key = "bytes_out", .number = true}},
              .rows = {}};
  for (const Json& session : part_of(answer, "sessions")) {
    const auto id = number_in(session, "id");
    table.rows.push_back({id ? Cell::of(*id) : Cell::nothing(), text_cell(session, "frontend"),
                          text_cell(session, "backend"), text_cell(session, "server"),
                          text_cell(session, "client"), text_cell(session, "server_address"),
                          text_cell(session, "state"), number_cell(session, "age_ms", time_text),
                          number_cell(session, "idle_ms", time_text), text_cell(session, "last"),
                          number_cell(session, "bytes_in", short_text),
                          number_cell(session, "bytes_out", short_text)});
  }
  return table;
}

}  // namespace lb::cli
