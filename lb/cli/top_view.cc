#include "lb/cli/top_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "lb/cli/chart.h"
#include "lb/cli/status_table.h"
#include "lb/cli/units.h"

namespace lb::cli {
namespace {

constexpr std::size_t kHistory = 60;
constexpr std::size_t kSparkline = 20;

std::string_view info_value(std::string_view info, std::string_view key) {
  while (!info.empty()) {
    std::string_view line = info.substr(0, info.find('\n'));
    info.remove_prefix(std::min(info.size(), line.size() + 1));
    if (!line.starts_with(key) || !line.substr(key.size()).starts_with(": ")) continue;
    return line.substr(key.size() + 2);
  }
  return "-";
}

std::int64_t per_second(std::optional<std::int64_t> before, std::optional<std::int64_t> now,
                        std::chrono::milliseconds time) {
  // Less than before: the counters were cleared, or the daemon is a new one.
  if (!before || !now || *now < *before || time.count() <= 0) return 0;
  return (*now - *before) * 1'000 / time.count();
}

}  // namespace

void TopView::add(std::span<const Stat> stats, std::string_view info,
                  std::chrono::milliseconds now) {
  missed_.clear();
  head_ = fmt::format("{} {}, up {}   sessions {}   rate {}/s", info_value(info, "Name"),
                      info_value(info, "Version"), info_value(info, "Uptime"),
                      info_value(info, "CurrConns"), info_value(info, "ConnRate"));
  std::map<std::string, Row> rows;
  order_.clear();
  for (const Stat& stat : stats) {
    const std::string key =
        fmt::format("{}/{}/{}", stat.proxy, static_cast<int>(stat.kind), stat.name);
    Row row;
    if (const auto before = rows_.find(key); before != rows_.end()) {
      row = before->second;
      row.in = per_second(row.stat.bytes_in, stat.bytes_in, now - row.seen);
      row.out = per_second(row.stat.bytes_out, stat.bytes_out, now - row.seen);
    }
    row.stat = stat;
    row.seen = now;
    row.rates.push_back(stat.rate.value_or(0));
    if (row.rates.size() > kHistory) row.rates.pop_front();
    rows.emplace(key, std::move(row));
    order_.push_back(key);
  }
  rows_ = std::move(rows);
}

std::string TopView::frame(Size size, bool colour) const {
  Table table{.columns = {{.key = "proxy"},
                          {.key = "name"},
                          {.key = "state"},
                          {.key = "sessions", .number = true},
                          {.key = "queue", .number = true},
                          {.key = "in/s", .number = true},
                          {.key = "out/s", .number = true},
                          {.key = "rate/s", .number = true},
                          {.key = ""}},
              .rows = {}};
  constexpr std::size_t kAround = 3;  // the head, the titles, the foot
  const auto room = static_cast<std::size_t>(std::max(1, size.rows));
  const std::size_t shown = std::min(order_.size(), room > kAround ? room - kAround : 1);
  for (const std::string& key : std::span(order_).first(shown)) {
    const Row& row = rows_.at(key);
    const std::vector<std::int64_t> rates(row.rates.begin(), row.rates.end());
    table.rows.push_back({Cell::of(row.stat.proxy), Cell::of(row.stat.name), state_cell(row.stat),
                          number_cell(row.stat.sessions), number_cell(row.stat.queued),
                          Cell::of(row.in, short_text(row.in)),
                          Cell::of(row.out, short_text(row.out)), number_cell(row.stat.rate),
                          Cell::of(sparkline(rates, kSparkline))});
  }
  std::string text = missed_.empty() ? head_ : "no answer: " + missed_;
  text += '\n' + as_text(table, colour);
  text += shown < order_.size() ? fmt::format("{} more below; q quits", order_.size() - shown)
                                : "q quits";
  return text;
}

}  // namespace lb::cli
