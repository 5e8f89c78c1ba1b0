#include "lb/cli/drain_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <iterator>

#include "lb/cli/chart.h"
#include "lb/cli/fields.h"
#include "lb/cli/units.h"

namespace lb::cli {
namespace {

constexpr std::string_view kDraining = "draining";

Drain drain_of(const Json& json) {
  const Json& closed = part_of(json, "closed");
  Drain drain{.server = text_in(json, "server"),
              .mode = text_in(json, "mode"),
              .state = text_in(json, "state"),
              .started = text_in(json, "started"),
              .at_start = number_in(json, "sessions_at_start").value_or(0),
              .sessions = number_in(json, "sessions").value_or(0),
              .quiet = number_in(closed, "quiet").value_or(0),
              .answered = number_in(closed, "answered").value_or(0),
              .still = number_in(closed, "still").value_or(0),
              .forced = number_in(closed, "forced").value_or(0),
              .ended = number_in(json, "ended").value_or(0),
              .moved = number_in(json, "moved").value_or(0),
              .raced = number_in(json, "raced").value_or(0),
              .age = number_in(json, "age_ms"),
              .deadline = number_in(json, "deadline_ms"),
              .oldest = number_in(json, "oldest_ms"),
              .estimate = number_in(json, "estimate_ms"),
              .curve_times = {},
              .curve_sessions = {}};
  for (const Json& point : part_of(json, "curve")) {
    if (point.size() != 2 || !point[0].is_number() || !point[1].is_number()) continue;
    drain.curve_times.push_back(point[0].get<std::int64_t>());
    drain.curve_sessions.push_back(point[1].get<std::int64_t>());
  }
  return drain;
}

std::string time_text(std::int64_t ms) { return duration_text(std::chrono::milliseconds(ms)); }

Cell time_cell(std::optional<std::int64_t> ms) {
  return ms ? Cell::of(*ms, time_text(*ms)) : Cell::nothing();
}

Tone tone_of(const Drain& drain) {
  if (drain.state == kDraining) return Tone::kWarning;
  return drain.state == "drained" && drain.forced == 0 ? Tone::kGood : Tone::kBad;
}

std::string rest_of(const Drain& drain) {
  if (drain.state != kDraining) return drain.state;
  if (drain.estimate) return fmt::format("{} to go", time_text(*drain.estimate));
  return "no end in sight yet";
}

// Only what has happened is told.
std::string ways(const Drain& drain) {
  std::string text = fmt::format("{} ended by themselves", drain.ended);
  const auto tell = [&](std::int64_t count, std::string_view what) {
    if (count > 0) fmt::format_to(std::back_inserter(text), ", {} {}", count, what);
  };
  tell(drain.quiet, "closed quiet");
  tell(drain.answered, "after an answer");
  tell(drain.still, "still");
  tell(drain.forced, "CUT");
  tell(drain.moved, "moved");
  tell(drain.raced, "raced");
  return text;
}

}  // namespace

std::expected<std::vector<Drain>, std::string> read_drains(std::string_view json) {
  const auto answer = read_json(json, "drains");
  if (!answer) return std::unexpected(answer.error());
  std::vector<Drain> drains;
  for (const Json& one : part_of(*answer, "drains")) drains.push_back(drain_of(one));
  return drains;
}

std::vector<Drain> latest_of(std::span<const std::string> servers, std::span<const Drain> drains) {
  std::vector<Drain> latest;
  for (const std::string& server : servers) {
    const Drain* best = nullptr;
    for (const Drain& drain : drains) {
      if (drain.server == server && (best == nullptr || best->started < drain.started))
        best = &drain;
    }
    if (best != nullptr) latest.push_back(*best);
  }
  return latest;
}

bool over(std::span<const Drain> drains) {
  return std::ranges::none_of(drains, [](const Drain& drain) { return drain.state == kDraining; });
}

int exit_status(std::span<const Drain> drains) {
  if (std::ranges::any_of(drains, [](const Drain& drain) { return drain.state == "aborted"; }))
    return 4;
  return std::ranges::any_of(drains, [](const Drain& drain) { return drain.forced > 0; }) ? 3 : 0;
}

std::string as_told(std::string_view json, std::span<const Drain> drains) {
  const auto answer = read_json(json, "drains");
  Json told = {{"drains", Json::array()}};
  if (!answer) return indented(told);
  for (const Json& one : part_of(*answer, "drains")) {
    const bool wanted = std::ranges::any_of(drains, [&](const Drain& drain) {
      return drain.server == text_in(one, "server") && drain.started == text_in(one, "started");
    });
    if (wanted) told["drains"].push_back(one);
  }
  return indented(told);
}

Table drains_table(std::span<const Drain> drains) {
  Table table{.columns = {{.key = "server"},
                          {.key = "mode"},
                          {.key = "state"},
                          {.key = "sessions", .number = true},
                          {.key = "sessions_at_start", .number = true, .title = "AT START"},
                          {.key = "ended", .number = true},
                          {.key = "quiet", .number = true},
                          {.key = "answered", .number = true},
                          {.key = "still", .number = true},
                          {.key = "forced", .number = true},
                          {.key = "age_ms", .number = true, .title = "AGE"},
                          {.key = "deadline_ms", .number = true, .title = "DEADLINE"},
                          {.key = "oldest_ms", .number = true, .title = "OLDEST"},
                          {.key = "estimate_ms", .number = true, .title = "TO GO"}},
              .rows = {}};
  for (const Drain& drain : drains) {
    table.rows.push_back({Cell::of(drain.server), Cell::of(drain.mode),
                          Cell::of(drain.state, tone_of(drain)), Cell::of(drain.sessions),
                          Cell::of(drain.at_start), Cell::of(drain.ended), Cell::of(drain.quiet),
                          Cell::of(drain.answered), Cell::of(drain.still), Cell::of(drain.forced),
                          time_cell(drain.age), time_cell(drain.deadline), time_cell(drain.oldest),
                          time_cell(drain.estimate)});
  }
  return table;
}

std::string picture(std::span<const Drain> drains, int columns) {
  constexpr int kWords = 44;  // what stands beside the bar
  const auto width = static_cast<std::size_t>(std::clamp(columns - kWords, 10, 40));
  std::size_t name = 0;
  for (const Drain& drain : drains) name = std::max(name, drain.server.size());
  std::string text;
  for (const Drain& drain : drains) {
    fmt::format_to(std::back_inserter(text), "{:<{}} {} {} of {} left, {}\n", drain.server, name,
                   bar(drain.at_start - drain.sessions, drain.at_start, width), drain.sessions,
                   drain.at_start, rest_of(drain));
    fmt::format_to(std::back_inserter(text), "{:<{}} {:<{}} {}\n", "", name,
                   curve(drain.curve_times, drain.curve_sessions, width), width, ways(drain));
  }
  return text;
}

std::string sentence(const Drain& drain) {
  return fmt::format("{}: {} of {} sessions left, {}; {}", drain.server, drain.sessions,
                     drain.at_start, rest_of(drain), ways(drain));
}

}  // namespace lb::cli
