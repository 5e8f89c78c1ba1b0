#include "lb/drains.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <numeric>

#include "lb/net/loop.h"

namespace lb {
namespace {

using balancer::Grade;
using balancer::Tick;
using std::chrono::milliseconds;
using Mode = balancer::DrainOrder::Mode;
using State = DrainView::State;

constexpr Tick kLook = 500;            // ms between two looks at those that drain
constexpr Tick kRemembered = 900'000;  // ms that one that has ended is still told of
constexpr std::size_t kMostPoints = 240;

Tick ticks(conf::Milliseconds time) { return static_cast<Tick>(time.count()); }
milliseconds since(Tick begin, Tick now) {
  return milliseconds(static_cast<std::int64_t>(now > begin ? now - begin : 0));
}

std::uint64_t total(const std::array<std::uint64_t, balancer::kGrades>& closed) {
  std::uint64_t sum = 0;
  for (const std::uint64_t one : closed) sum += one;
  return sum;
}

void add(proxy::DrainTally& sum, const proxy::DrainTally& one) {
  for (std::size_t i = 0; i < balancer::kGrades; ++i) sum.closed[i] += one.closed[i];
  sum.moved += one.moved;
  sum.raced += one.raced;
  sum.raced_bytes += one.raced_bytes;
}

std::uint32_t left_in(const std::vector<DrainReport>& reports) {
  return std::accumulate(
      reports.begin(), reports.end(), std::uint32_t{0},
      [](std::uint32_t sum, const DrainReport& report) { return sum + report.progress.left; });
}

// As fast as in the last quarter of the curve it goes on.
std::optional<milliseconds> estimate(const DrainView& view) {
  if (view.curve.size() < 2 || view.left == 0) return std::nullopt;
  const auto& from = view.curve[(view.curve.size() - 1) * 3 / 4];
  if (from.sessions <= view.left) return std::nullopt;
  return (view.age - from.at) * view.left / (from.sessions - view.left);
}

std::string outcome(const DrainView& view) {
  if (view.at_start == 0) return "there were no sessions";
  const auto& closed = view.closed;
  const auto of = [&](Grade grade) { return closed[static_cast<std::size_t>(grade)]; };
  return fmt::format(
      "{} sessions: {} ended by themselves, {} were closed when quiet, {} after an answer, {} when "
      "their clients were still, {} were cut, {} are left; {} clients had sent something that met "
      "no answer",
      view.at_start, view.ended, of(Grade::kQuiet), of(Grade::kAnswered), of(Grade::kStill),
      of(Grade::kBusy), view.left, view.raced);
}

}  // namespace

bool Drains::active() const {
  return std::ranges::any_of(drains_,
                             [](const Drain& one) { return one.view.state == State::kDraining; });
}

Drains::Drain* Drains::running(const check::Place& server) {
  const auto found = std::ranges::find_if(drains_, [&](const Drain& one) {
    return one.view.server == server && one.view.state == State::kDraining;
  });
  return found == drains_.end() ? nullptr : &*found;
}

std::vector<std::pair<check::Place, balancer::DrainOrder>> Drains::orders() const {
  std::vector<std::pair<check::Place, balancer::DrainOrder>> all;
  for (const Drain& one : drains_)
    if (one.view.state != State::kAborted) all.emplace_back(one.view.server, one.view.order);
  return all;
}

balancer::DrainOrder Drains::order_for(const check::Place& server) {
  const conf::Drain& config = server.backend->config.drain;
  DrainWish wish;
  if (const auto found = wishes_.find(key(server)); found != wishes_.end()) {
    wish = found->second;
    wishes_.erase(found);
  }
  const auto deadline = wish.deadline ? wish.deadline : config.deadline;
  balancer::DrainOrder order;
  order.mode = wish.mode.value_or(deadline ? Mode::kDeadline : Mode::kNatural);
  order.start = net::read_clock();
  if (order.mode == Mode::kDeadline && deadline) order.deadline = order.start + ticks(*deadline);
  order.pace = wish.pace.value_or(config.pace);
  order.quiet_time = ticks(wish.quiet_time.value_or(config.quiet_time));
  if (config.idle_timeout) order.idle_timeout = ticks(*config.idle_timeout);
  return order;
}

void Drains::start(const check::Place& server) {
  if (Drain* before = running(server)) end(*before, State::kAborted, "gives way to another");
  // Of those that are over the last one is remembered.
  std::size_t ended = 0;
  for (auto one = drains_.rbegin(); one != drains_.rend(); ++one)
    if (one->view.server == server && ++ended > 1) one->ended = 0;
  forget_old_ones();
  Drain& drain = drains_.emplace_back();
  drain.view.server = server;
  drain.view.order = order_for(server);
  drain.view.started = std::chrono::system_clock::now();
  drain.start = drain.view.order.start;
  crew_.ask([server](Worker& worker) { return worker.report_drain(server); },
            [this, server](const std::vector<DrainReport>& reports) { begin(server, reports); });
}

// The workers share the pace by what each has of the server, so all must have told that before.
void Drains::begin(const check::Place& server, const std::vector<DrainReport>& reports) {
  Drain* drain = running(server);
  if (drain == nullptr || std::exchange(drain->begun, true)) return;
  const std::uint32_t all = left_in(reports);
  for (const DrainReport& report : reports) add(drain->before, report.tally);
  drain->view.at_start = drain->view.left = all;
  drain->view.curve.push_back({.at = milliseconds{0}, .sessions = all});
  drain->next_point = drain->step;
  crew_.each([server, order = drain->view.order, all](Worker& worker) {
    worker.start_drain(server, order, all);
  });
}

// A drain begins with what the workers tell, and by a second word to them; this is a third one.
void Drains::when_begun(std::function<void()> then) {
  crew_.each([](Worker&) {}, [this, then = std::move(then)] { crew_.each([](Worker&) {}, then); });
}

void Drains::abort(const check::Place& server) {
  wishes_.erase(key(server));
  if (Drain* drain = running(server)) end(*drain, State::kAborted, "was ended");
  // Also of one that is over, which would close whoever comes now.
  crew_.each([server](Worker& worker) { worker.end_drain(server); });
}

void Drains::forget(const check::Place& server) {
  abort(server);
  std::erase_if(drains_, [&](const Drain& one) { return one.view.server == server; });
}

void Drains::end(Drain& drain, State state, const char* how) {
  DrainView& view = drain.view;
  view.state = state;
  drain.ended = net::read_clock();
  view.age = since(drain.start, drain.ended);
  view.estimate.reset();
  note_(telemetry::Level::kNotice,
        fmt::format("drain of {}/{} {} after {}: {}", view.server.backend->config.name,
                    view.server.config().name, how, view.age, outcome(view)));
}

void Drains::pulse() {
  const Tick now = net::read_clock();
  if (now < next_look_) return;
  next_look_ = now + kLook;
  forget_old_ones();
  if (!looking_) look([] {});
}

void Drains::forget_old_ones() {
  const Tick now = net::read_clock();
  std::erase_if(drains_, [now](const Drain& one) {
    return one.view.state != State::kDraining && now >= one.ended + kRemembered;
  });
}

// One question for all that drain.
void Drains::look(std::function<void()> then) {
  std::vector<check::Place> servers;
  for (const Drain& one : drains_)
    if (one.view.state == State::kDraining && one.begun) servers.push_back(one.view.server);
  if (servers.empty()) return then();
  looking_ = true;
  crew_.ask(
      [servers](Worker& worker) {
        std::vector<DrainReport> reports;
        reports.reserve(servers.size());
        for (const check::Place& server : servers) reports.push_back(worker.report_drain(server));
        return reports;
      },
      [this, servers, then = std::move(then)](const std::vector<std::vector<DrainReport>>& all) {
        looking_ = false;
        for (std::size_t i = 0; i < servers.size(); ++i) {
          std::vector<DrainReport> reports;
          reports.reserve(all.size());
          for (const auto& worker : all) reports.push_back(worker[i]);
          Drain* const drain = running(servers[i]);
          if (drain != nullptr && drain->begun) learn(*drain, reports);
        }
        then();
      });
}

void Drains::learn(Drain& drain, const std::vector<DrainReport>& reports) {
  DrainView& view = drain.view;
  const Tick now = net::read_clock();
  proxy::DrainTally tally;
  std::optional<Tick> oldest;
  std::optional<Tick> youngest;
  std::uint32_t left = 0;
  std::uint32_t closing = 0;
  for (const DrainReport& report : reports) {
    const proxy::DrainProgress& progress = report.progress;
    left += progress.left;
    closing += progress.closing;
    add(tally, report.tally);
    if (progress.oldest) oldest = std::min(oldest.value_or(*progress.oldest), *progress.oldest);
    if (progress.youngest)
      youngest = std::max(youngest.value_or(*progress.youngest), *progress.youngest);
  }
  view.raced = tally.raced - drain.before.raced;
  view.raced_bytes = tally.raced_bytes - drain.before.raced_bytes;
  view.age = since(drain.start, now);
  for (std::size_t i = 0; i < balancer::kGrades; ++i)
    view.closed[i] = tally.closed[i] - drain.before.closed[i];
  view.moved = tally.moved - drain.before.moved;
  view.left = left;
  view.closing = closing;
  const std::uint64_t gone = view.left + total(view.closed) + view.moved;
  view.ended = view.at_start > gone ? view.at_start - gone : 0;
  view.oldest.reset();
  view.youngest.reset();
  if (oldest && view.left != 0) view.oldest = since(*oldest, now);
  if (youngest && view.left != 0) view.youngest = since(*youngest, now);
  const bool reached_none = view.left == 0 && view.curve.back().sessions != 0;
  if (view.age >= drain.next_point || reached_none) {
    view.curve.push_back({.at = view.age, .sessions = view.left});
    drain.next_point = view.age + drain.step;
  }
  // Twice as long a way in as many points.
  if (view.curve.size() > kMostPoints) {
    std::size_t index = 0;
    std::erase_if(view.curve, [&](const DrainView::Point&) { return index++ % 2 == 1; });
    drain.step *= 2;
  }
  view.estimate = estimate(view);
  if (view.left == 0 && view.closing == 0) end(drain, State::kDrained, "is over");
}

void Drains::view(std::function<void(std::vector<DrainView>)> then) {
  forget_old_ones();
  look([this, then = std::move(then)] {
    std::vector<DrainView> views;
    views.reserve(drains_.size());
    for (const Drain& one : drains_) views.push_back(one.view);
    then(std::move(views));
  });
}

}  // namespace lb
