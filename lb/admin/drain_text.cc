#include "lb/admin/drain_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "lb/admin/places.h"

namespace lb::admin {
namespace {

using balancer::Grade;
using json = nlohmann::ordered_json;
using std::chrono::milliseconds;
using Mode = balancer::DrainOrder::Mode;
using State = DrainView::State;

std::string_view name_of(Mode mode) {
  switch (mode) {
    case Mode::kNatural:
      return "natural";
    case Mode::kDeadline:
      return "deadline";
    case Mode::kWhenQuiet:
    case Mode::kSurplus:  // no drain
      break;
  }
  return "when-quiet";
}

std::string_view name_of(State state) {
  switch (state) {
    case State::kDraining:
      return "draining";
    case State::kDrained:
      return "drained";
    case State::kAborted:
      break;
  }
  return "aborted";
}

json or_null(std::optional<milliseconds> time) { return time ? json(time->count()) : json(); }

std::optional<milliseconds> deadline_of(const DrainView& drain) {
  if (drain.order.mode != Mode::kDeadline) return std::nullopt;
  return milliseconds(static_cast<std::int64_t>(drain.order.deadline - drain.order.start));
}

std::uint64_t closed(const DrainView& drain, Grade grade) {
  return drain.closed[static_cast<std::size_t>(grade)];
}

std::string iso(std::chrono::system_clock::time_point time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  const auto rest = std::chrono::duration_cast<milliseconds>(time - whole).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), rest);
}

json as_json(const DrainView& drain) {
  json curve = json::array();
  for (const DrainView::Point& point : drain.curve)
    curve.push_back({point.at.count(), point.sessions});
  return {{"server", admin::name_of(drain.server)},
          {"mode", name_of(drain.order.mode)},
          {"state", name_of(drain.state)},
          {"started", iso(drain.started)},
          {"age_ms", drain.age.count()},
          {"deadline_ms", or_null(deadline_of(drain))},
          {"quiet_ms", drain.order.quiet_time},
          {"pace", drain.order.pace == 0 ? json() : json(drain.order.pace)},
          {"sessions_at_start", drain.at_start},
          {"sessions", drain.left},
          {"closing", drain.closing},
          {"closed",
           {{"quiet", closed(drain, Grade::kQuiet)},
            {"answered", closed(drain, Grade::kAnswered)},
            {"still", closed(drain, Grade::kStill)},
            {"forced", closed(drain, Grade::kBusy)}}},
          {"ended", drain.ended},
          {"moved", drain.moved},
          {"raced", drain.raced},
          {"raced_bytes", drain.raced_bytes},
          {"oldest_ms", or_null(drain.oldest)},
          {"youngest_ms", or_null(drain.youngest)},
          {"estimate_ms", or_null(drain.estimate)},
          {"curve", curve}};
}

}  // namespace

std::string drains_json(const std::vector<DrainView>& drains) {
  json all = json::array();
  for (const DrainView& drain : drains) all.push_back(as_json(drain));
  return json{{"drains", all}}.dump();
}

std::string drains_table(const std::vector<DrainView>& drains) {
  std::string text =
      fmt::format("{:<24} {:<10} {:<8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n", "# server",
                  "mode", "state", "age", "start", "left", "quiet", "answered", "still", "forced");
  for (const DrainView& drain : drains)
    text += fmt::format("{:<24} {:<10} {:<8} {:>9} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8}\n",
                        admin::name_of(drain.server), name_of(drain.order.mode),
                        name_of(drain.state), fmt::format("{}", drain.age), drain.at_start,
                        drain.left, closed(drain, Grade::kQuiet), closed(drain, Grade::kAnswered),
                        closed(drain, Grade::kStill), closed(drain, Grade::kBusy));
  return text;
}

std::string begin_line(const DrainView& drain) {
  std::string line =
      fmt::format("{} drains: {} sessions", admin::name_of(drain.server), drain.left);
  if (const auto deadline = deadline_of(drain))
    line += fmt::format(", to be closed within {}", *deadline);
  if (drain.order.mode == Mode::kWhenQuiet) line += ", closed when quiet";
  return line + ".";
}

}  // namespace lb::admin
