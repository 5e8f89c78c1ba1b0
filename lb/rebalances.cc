#include "lb/rebalances.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <memory>

#include "lb/net/loop.h"

namespace lb {
namespace {

using balancer::Grade;
using balancer::Load;
using balancer::Spread;
using balancer::Tick;
using Closed = std::array<std::uint64_t, balancer::kGrades>;
using State = RebalanceView::State;

constexpr Tick kLook = 500;            // ms between two looks
constexpr Tick kLongestGrant = 600;    // ms; a look that is late is not made up for
constexpr Tick kRemembered = 60'000;   // ms that one that has ended is still told of
constexpr std::size_t kAtATime = 512;  // servers, so that nobody waits long for their lock
constexpr double kGolden = 0.61803398875;

std::uint32_t pace_of(const proxy::Backend& backend, const RebalanceWish& wish) {
  return wish.pace.value_or(backend.config.rebalance.value_or(conf::Rebalance{}).pace);
}

std::uint32_t tolerance_of(const proxy::Backend& backend, const RebalanceWish& wish) {
  return wish.to.value_or(backend.config.rebalance.value_or(conf::Rebalance{}).to);
}

std::vector<Load> loads_of(const proxy::Backend& backend) {
  std::vector<Load> loads;
  const Tick now = net::read_clock();
  for (balancer::ServerId first = 0;; first += kAtATime) {
    const auto views = backend.choice.view(first, kAtATime, now);
    for (const balancer::ServerView& view : views)
      loads.push_back({.sessions = view.open,
                       .weight = view.weight,
                       .most = view.facts.maxconn,
                       .serves = view.serves});
    if (views.size() < kAtATime) return loads;
  }
}

// With what the workers tell, who know more of sessions than that they hold a slot.
std::vector<Load> loads_of(const proxy::Backend& backend,
                           const std::vector<std::vector<SurplusReport>>& reports) {
  std::vector<Load> loads = loads_of(backend);
  for (std::size_t i = 0; i < loads.size(); ++i) {
    loads[i].sessions = 0;
    for (const auto& worker : reports) {
      if (i >= worker.size()) continue;
      loads[i].sessions += worker[i].left;
      loads[i].closing += worker[i].closing;
    }
  }
  return loads;
}

bool balanced(const Spread& spread, std::uint32_t to) {
  return spread.within(to) || spread.surplus() == 0;
}

void show(const std::vector<Load>& loads, const Spread& spread, RebalanceView& view) {
  view.servers.clear();
  const bool calm = balanced(spread, view.to);
  view.surplus = calm ? 0 : spread.surplus();
  for (balancer::ServerId id = 0; id < loads.size(); ++id) {
    if (!loads[id].serves) continue;
    view.servers.push_back({.id = id,
                            .name = view.backend->servers[id].name,
                            .sessions = loads[id].sessions,
                            .share = static_cast<std::uint32_t>(std::lround(spread.share(id))),
                            .surplus = calm ? 0 : spread.surplus(id)});
  }
}

Closed closed_so_far(const proxy::Backend& backend) {
  Closed closed{};
  for (const telemetry::BackendCounters& worker : backend.counters.all())
    for (std::size_t i = 0; i < closed.size(); ++i) closed[i] += worker.rebalanced[i].value();
  return closed;
}

Closed closed_since(const proxy::Backend& backend, const Closed& before) {
  Closed closed = closed_so_far(backend);
  for (std::size_t i = 0; i < closed.size(); ++i) closed[i] -= before[i];
  return closed;
}

std::uint64_t total(const Closed& closed) {
  std::uint64_t sum = 0;
  for (const std::uint64_t one : closed) sum += one;
  return sum;
}

std::string outcome(const RebalanceView& view) {
  const auto of = [&](Grade grade) { return view.closed[static_cast<std::size_t>(grade)]; };
  return fmt::format("{} sessions were closed when quiet, {} after an answer, {} are too many",
                     of(Grade::kQuiet), of(Grade::kAnswered), view.surplus);
}

// By worker.
using Grants = std::vector<std::vector<SurplusGrant>>;

// So many among the servers that have too much, by how much that is; and of a server among the
// workers, by what they have of it.
Grants deal_out(const RebalanceView& view, std::uint64_t count,
                const std::vector<std::vector<SurplusReport>>& reports, double turn) {
  std::vector<std::uint32_t> surplus;
  surplus.reserve(view.servers.size());
  for (const RebalanceView::Server& server : view.servers) surplus.push_back(server.surplus);
  const std::vector<std::uint32_t> dealt = balancer::deal(count, surplus, turn);
  Grants grants(reports.size());
  for (std::size_t i = 0; i < dealt.size(); ++i) {
    const RebalanceView::Server& server = view.servers[i];
    if (server.surplus == 0) continue;
    std::vector<std::uint32_t> left;
    left.reserve(reports.size());
    for (const auto& worker : reports)
      left.push_back(server.id < worker.size() ? worker[server.id].left : 0);
    const double turn_here = std::fmod(turn + static_cast<double>(i) * kGolden, 1.0);
    const std::vector<std::uint32_t> shares = balancer::deal(dealt[i], left, turn_here);
    for (std::size_t worker = 0; worker < shares.size(); ++worker)
      grants[worker].push_back({.server = server.id, .count = shares[worker]});
  }
  return grants;
}

}  // namespace

bool Rebalances::active() const {
  return !watched_.empty() || std::ranges::any_of(runs_, [](const auto& one) {
    return one.second.view.state == State::kRunning;
  });
}

Rebalances::Run* Rebalances::running(const proxy::Backend& backend) {
  const auto found = runs_.find(&backend);
  const bool runs = found != runs_.end() && found->second.view.state == State::kRunning;
  return runs ? &found->second : nullptr;
}

bool Rebalances::is_remembered(const Run& run) {
  return run.view.state == State::kRunning || net::read_clock() < run.ended + kRemembered;
}

void Rebalances::watch(proxy::Backend& backend) {
  if (!backend.config.rebalance) return;
  const auto calm = static_cast<Tick>(backend.config.rebalance->after.count());
  Watched& watched =
      watched_.emplace_back(Watched{.backend = &backend, .growth = balancer::Growth(calm)});
  static_cast<void>(watched.growth.settled(loads_of(backend), net::read_clock()));
}

void Rebalances::start(proxy::Backend& backend, const RebalanceWish& wish, const Then& then) {
  if (Run* run = running(backend)) {
    run->view.to = wish.to.value_or(run->view.to);
    run->view.pace = wish.pace.value_or(run->view.pace);
    return look(*run, then);
  }
  Run& run = runs_[&backend] = Run{};
  run.number = ++started_;
  run.view.backend = &backend;
  run.view.state = State::kRunning;
  run.view.to = tolerance_of(backend, wish);
  run.view.pace = pace_of(backend, wish);
  run.before = closed_so_far(backend);
  run.start = net::read_clock();
  run.granted = run.start;
  look(run, then);
}

bool Rebalances::abort(proxy::Backend& backend) {
  Run* const run = running(backend);
  if (run != nullptr) end(*run, State::kAborted, "was ended");
  return run != nullptr;
}

void Rebalances::stop() {
  watched_.clear();
  for (auto& [backend, run] : runs_)
    if (run.view.state == State::kRunning) end(run, State::kAborted, "ends with the process");
}

void Rebalances::view(proxy::Backend& backend, const RebalanceWish& wish, Then then) {
  if (Run* const run = running(backend); run != nullptr && run->headway) {
    run->view.closed = closed_since(backend, run->before);
    return then(run->view);
  }
  crew_.ask([&backend](Worker& worker) { return worker.report_surplus(backend); },
            [this, &backend, wish, then = std::move(then)](const Reports& reports) {
              RebalanceView view{.backend = &backend,
                                 .to = tolerance_of(backend, wish),
                                 .pace = pace_of(backend, wish)};
              const auto last = runs_.find(&backend);
              if (last != runs_.end() && is_remembered(last->second)) {
                view.state = last->second.view.state;
                view.closed = last->second.view.closed;
              }
              const std::vector<Load> loads = loads_of(backend, reports);
              show(loads, spread_of(backend, loads), view);
              then(std::move(view));
            });
}

void Rebalances::pulse() {
  const Tick now = net::read_clock();
  if (now < next_look_) return;
  next_look_ = now + kLook;
  look_for_growth();
  for (auto& [backend, run] : runs_)
    if (run.view.state == State::kRunning && !run.looking) look(run);
}

void Rebalances::look_for_growth() {
  for (Watched& watched : watched_) {
    proxy::Backend& backend = *watched.backend;
    const std::vector<Load> loads = loads_of(backend);
    if (!watched.growth.settled(loads, net::read_clock()) || running(backend) != nullptr) continue;
    if (!balanced(Spread(loads), 2 * backend.config.rebalance->to))
      start(backend, {}, [](const RebalanceView&) {});
  }
}

Spread Rebalances::spread_of(const proxy::Backend& backend, const std::vector<Load>& loads) {
  std::uint64_t sessions = 0;
  for (const Load& load : loads)
    if (load.serves) sessions += load.sessions + load.closing;
  const std::uint64_t closed = total(closed_so_far(backend));
  return Spread(loads, absent_[&backend].count(sessions, closed, net::read_clock()));
}

void Rebalances::look(Run& run, const Then& then) {
  run.looking = true;
  proxy::Backend& backend = *run.view.backend;
  crew_.ask([&backend](Worker& worker) { return worker.report_surplus(backend); },
            [this, &backend, number = run.number, then](const Reports& reports) {
              Run& now = runs_.at(&backend);
              if (now.number == number) {
                now.looking = false;
                if (now.view.state == State::kRunning) learn(now, reports);
              }
              if (then) then(now.view);
            });
}

void Rebalances::learn(Run& run, const Reports& reports) {
  RebalanceView& view = run.view;
  const std::vector<Load> loads = loads_of(*view.backend, reports);
  const Spread spread = spread_of(*view.backend, loads);
  show(loads, spread, view);
  view.closed = closed_since(*view.backend, run.before);
  const bool first = !run.headway;
  if (first) {
    std::uint64_t sessions = 0;
    for (const RebalanceView::Server& server : view.servers) sessions += server.sessions;
    run.headway.emplace(sessions, view.surplus, view.servers.size());
  }
  if (view.surplus == 0) {
    if (!first) return end(run, State::kDone, "is over");
    view.state = State::kDone;
    run.ended = net::read_clock();
    return;
  }
  if (first)
    note_(telemetry::Level::kNotice,
          fmt::format("rebalance of {} begins: {} sessions are too many, {} a second are closed "
                      "until nobody is more than {} % off his share",
                      view.backend->config.name, view.surplus, view.pace, view.to));
  if (!run.headway->helps(total(view.closed), view.surplus))
    return end(run, State::kGivenUp, "is given up, as clients come back to where they were,");
  grant(run, reports, net::read_clock());
}

// What is not used by the next look is not made up for.
void Rebalances::grant(Run& run, const Reports& reports, Tick now) {
  const RebalanceView& view = run.view;
  const Tick passed = run.granted == run.start ? kLook : now - run.granted;
  const Tick time = std::clamp<Tick>(passed, 1, kLongestGrant);
  run.granted = now;
  run.credit += static_cast<double>(view.pace) * static_cast<double>(time) / 1000;
  const double whole = std::floor(run.credit);
  run.credit -= whole;
  run.turn = std::fmod(run.turn + kGolden, 1.0);

  const auto count = std::min(static_cast<std::uint64_t>(whole), view.surplus);
  const auto grants = std::make_shared<const Grants>(deal_out(view, count, reports, run.turn));
  const proxy::Backend* const backend = view.backend;
  const Tick start = run.start;
  crew_.each([grants, start, time, backend](Worker& worker) {
    worker.grant_surplus(*backend, (*grants)[worker.index()], start, time);
  });
}

void Rebalances::end(Run& run, State state, const std::string& how) {
  const proxy::Backend* const backend = run.view.backend;
  run.view.state = state;
  run.view.closed = closed_since(*backend, run.before);
  run.ended = net::read_clock();
  const std::chrono::milliseconds age(static_cast<std::int64_t>(run.ended - run.start));
  note_(telemetry::Level::kNotice, fmt::format("rebalance of {} {} after {}: {}",
                                               backend->config.name, how, age, outcome(run.view)));
  crew_.each([backend](Worker& worker) { worker.grant_surplus(*backend, {}, 0, 0); });
}

}  // namespace lb
