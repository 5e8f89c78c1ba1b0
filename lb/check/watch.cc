#include "lb/check/watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lb::check {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kAgain{100};  // after a check that could not be made

// Where nobody knows the server's address it is in maintenance, and not checked.
Route route_to(const Place& place, const proxy::Whereabouts& where) {
  const conf::Server& server = place.config();
  const conf::Check& check = *server.check;
  Route route{.backend = place.backend,
              .address = where.address.value_or(conf::Address{}),
              .send_proxy = {}};
  if (where.check_address) {
    const std::uint16_t port = route.address.port;
    route.address = *where.check_address;
    route.address.port = port;
  }
  if (where.check_port) route.address.port = *where.check_port;
  if (check.send_proxy) {
    route.send_proxy =
        server.send_proxy ? server.send_proxy->version : conf::SendProxy::Version::kV1;
  }
  route.connect_limit = check.interval;
  if (check.timeout) {
    route.connect_limit = std::min(place.backend->config.connect_timeout, check.interval);
    route.answer_limit = check.timeout;
  }
  return route;
}

}  // namespace

Watch::Watch(Ground ground, Desk& desk, Place server, const health::Plan& plan)
    : ground_(ground),
      desk_(desk),
      server_(server),
      asked_(*server.config().check),
      plan_(plan),
      route_(route_to(server, server.at_work().where)),
      state_(asked_.rise, asked_.fall, asked_.init_state),
      probe_(ground, *this),
      told_lives_(state_.lives()) {}

// One that is under way begins anew there.
void Watch::move(const proxy::Whereabouts& where) {
  const bool running = probe_.running();
  probe_.cancel();
  route_ = route_to(server_, where);
  if (running) come_back_in(milliseconds{0});
}

void Watch::pause(Pause why) {
  paused_ |= static_cast<std::uint8_t>(why);
  probe_.cancel();
  net::TimerWheel::cancel(*this);
}

void Watch::resume(Pause why) {
  const bool was_paused = paused();
  paused_ &= static_cast<std::uint8_t>(~static_cast<unsigned>(why));
  if (was_paused && !paused()) come_back_in(milliseconds{0});
}

void Watch::force(bool up, bool stopping) {
  state_.force(up);
  stopping_ = stopping;
  told_lives_ = state_.lives();
}

void Watch::on_due() {
  began_ = ground_.poller.now();
  probe_.start(plan_, route_, !state_.up());
}

void Watch::on_verdict(health::Verdict verdict) {
  const milliseconds duration(static_cast<std::int64_t>(ground_.poller.now() - began_));
  const health::State::Change change = record(conf::result_of(verdict.status));
  come_back_in(interval());
  report(std::move(verdict), duration, change);
}

// Whatever has held up this one has held up others: not all of them shall come back at once.
void Watch::on_postponed(int error) {
  desk_.postponed(server_, error);
  come_back_in(std::min(kAgain, asked_.interval) + own_place());
}

// A part of the second before the next check that is the server's own, so that checks which have
// come to be in step part again.
milliseconds Watch::own_place() const {
  constexpr std::int64_t kPlaces = 97;
  const milliseconds most = std::min(asked_.interval, milliseconds{1000});
  return most * (static_cast<std::int64_t>(server_.server) % kPlaces) / kPlaces;
}

void Watch::met_errors(conf::Observe::Action action, std::uint32_t errors) {
  using Action = conf::Observe::Action;
  if (paused()) return;
  health::State::Change change = health::State::Change::kNone;
  health::Verdict verdict{
      .status = conf::CheckStatus::kAnalyzed,
      .info = fmt::format(
          "Detected {} consecutive errors, last one was: L4 unsuccessful connection", errors)};
  if (action == Action::kSuddenDeath) state_.expect_the_worst();
  if (action == Action::kFailCheck || action == Action::kSuddenDeath)
    change = record(conf::CheckResult::kFailed);
  if (action == Action::kMarkDown) change = state_.fail_now();
  if (!probe_.running())
    ground_.wheel.wake_by(
        *this, ground_.poller.now() + static_cast<net::Tick>(asked_.fast_interval.count()));
  if (action != Action::kFastInterval) report(std::move(verdict), std::nullopt, change);
}

void Watch::come_back_in(milliseconds time) {
  ground_.wheel.schedule(*this, ground_.poller.now() + static_cast<net::Tick>(time.count()));
}

// HAProxy counts failures of those who are up only.
health::State::Change Watch::record(conf::CheckResult result) {
  if (result == conf::CheckResult::kFailed && state_.up()) ++heard_.failures;
  return state_.record(result);
}

Heard Watch::heard() const {
  Heard heard = heard_;
  heard.lives = state_.lives();
  heard.running = probe_.running();
  heard.disabled = (paused_ & static_cast<std::uint8_t>(Pause::kByHand)) != 0;
  return heard;
}

milliseconds Watch::interval() const {
  switch (state_.pace()) {
    case health::State::Pace::kNormal:
      return asked_.interval;
    case health::State::Pace::kFast:
      return asked_.fast_interval;
    case health::State::Pace::kDown:
      return asked_.down_interval;
  }
  return asked_.interval;
}

// What is as it was is told to nobody.
void Watch::report(health::Verdict verdict, std::optional<milliseconds> duration,
                   health::State::Change change) {
  heard_.verdict = verdict;
  heard_.duration = duration.value_or(milliseconds{0});
  const conf::CheckResult result = conf::result_of(verdict.status);
  // Who was taking leave and fails still wants no new sessions.
  const bool leaves = result == conf::CheckResult::kConditional ||
                      (result == conf::CheckResult::kFailed && stopping_);
  const bool was_stopping = std::exchange(stopping_, state_.up() && leaves);
  const std::uint32_t lives = std::exchange(told_lives_, state_.lives());
  const conf::CheckStatus status = std::exchange(told_status_, verdict.status);
  if (was_stopping == stopping_ && lives == told_lives_ && status == told_status_) return;
  desk_.judged({.of = server_,
                .verdict = std::move(verdict),
                .duration = duration,
                .change = change,
                .stopping = stopping_,
                .up = state_.up(),
                .step = state_.step(),
                .steps = state_.steps()});
}

}  // namespace lb::check
