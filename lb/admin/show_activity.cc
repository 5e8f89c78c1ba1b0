#include "lb/admin/show_activity.h"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

namespace lb::admin {
namespace {

struct Activity {
  WorkerTotals totals;
  WorkerStock stock;
  std::uint64_t accepted = 0;
  std::uint64_t rebalanced = 0;  // sessions closed for their backend's balance, and for their age
  std::uint64_t aged = 0;
};

// Names of HAProxy where they mean the same there.
constexpr std::array<std::pair<std::string_view, std::uint64_t (*)(const Activity&)>, 14> kRows = {{
    {"loops", [](const Activity& one) { return one.totals.turns; }},
    {"accepted", [](const Activity& one) { return one.accepted; }},
    {"sessions", [](const Activity& one) { return one.totals.sessions; }},
    {"sessions_now", [](const Activity& one) { return std::uint64_t{one.stock.sessions}; }},
    {"refused", [](const Activity& one) { return one.totals.refused; }},
    {"handshakes_failed", [](const Activity& one) { return one.totals.handshakes_failed; }},
    {"accept_exhausted", [](const Activity& one) { return one.totals.exhausted; }},
    {"retries_refused", [](const Activity& one) { return one.totals.over_budget; }},
    {"closed_to_rebalance", [](const Activity& one) { return one.rebalanced; }},
    {"closed_for_age", [](const Activity& one) { return one.aged; }},
    {"bytes_copied", [](const Activity& one) { return one.totals.bytes_copied; }},
    {"bytes_spliced", [](const Activity& one) { return one.totals.bytes_spliced; }},
    {"pipes_used", [](const Activity& one) { return std::uint64_t{one.stock.pipes_lent}; }},
    {"pipes_free", [](const Activity& one) { return std::uint64_t{one.stock.pipes_free}; }},
}};

std::string text_of(const std::vector<Activity>& workers) {
  using std::chrono::microseconds;
  const auto now =
      std::chrono::duration_cast<microseconds>(std::chrono::system_clock::now().time_since_epoch());
  std::string text =
      fmt::format("date_now: {}.{:06}\n", now.count() / 1'000'000, now.count() % 1'000'000);
  const auto out = std::back_inserter(text);
  for (const auto& [name, value] : kRows) {
    std::vector<std::uint64_t> values;
    values.reserve(workers.size());
    for (const Activity& worker : workers) values.push_back(value(worker));
    fmt::format_to(out, "{}: {}", name,
                   std::accumulate(values.begin(), values.end(), std::uint64_t{0}));
    if (values.size() > 1) fmt::format_to(out, " [ {} ]", fmt::join(values, " "));
    text += '\n';
  }
  return text;
}

}  // namespace

void gather_activity(Engine& engine, std::function<void(std::string)> then) {
  engine.crew().ask(
      [&fleet = engine.fleet()](Worker& worker) {
        Activity mine{.totals = worker.totals(), .stock = worker.stock()};
        for (const proxy::Frontend& frontend : fleet.frontends)
          mine.accepted += frontend.counters.all()[worker.index()].connections.value();
        for (const proxy::Backend& backend : fleet.backends) {
          const telemetry::BackendCounters& counted = backend.counters.all()[worker.index()];
          for (const telemetry::Counter& one : counted.rebalanced) mine.rebalanced += one.value();
          for (const telemetry::Counter& one : counted.aged) mine.aged += one.value();
        }
        return mine;
      },
      [then = std::move(then)](const std::vector<Activity>& workers) { then(text_of(workers)); });
}

}  // namespace lb::admin
