#include "lb/check/agent_watch.h"

#include <utility>

#include "conf/algorithm.h"

namespace lb::check {
namespace {

Route route_to(const Place& place, const conf::AgentCheck& agent, const proxy::Whereabouts& where) {
  conf::Address address = agent.address ? *agent.address : where.address.value_or(conf::Address{});
  address.port = agent.port;
  return {.backend = place.backend,
          .address = std::move(address),
          .send_proxy = {},
          .connect_limit = agent.interval};
}

}  // namespace

AgentWatch::AgentWatch(Ground ground, Desk& desk, Place server)
    : ground_(ground),
      desk_(desk),
      server_(server),
      asked_(*server.config().agent),
      plan_(health::agent_plan(asked_.send)),
      route_(route_to(server, asked_, server.at_work().where)),
      probe_(ground, *this),
      lost_(is_lost(server.at_work().where)) {}

void AgentWatch::move(const proxy::Whereabouts& where) {
  const bool running = probe_.running();
  probe_.cancel();
  route_ = route_to(server_, asked_, where);
  const bool was_lost = std::exchange(lost_, is_lost(where));
  if (!paused_ && !lost_ && (running || was_lost))
    ground_.wheel.schedule(*this, ground_.poller.now());
}

// Nobody knows where it is: somebody else must not be asked instead.
bool AgentWatch::is_lost(const proxy::Whereabouts& where) const {
  return !asked_.address && !where.address;
}

void AgentWatch::on_due() {
  if (lost_) return;
  began_ = ground_.poller.now();
  probe_.start(plan_, route_, false);
}

void AgentWatch::on_verdict(health::Verdict verdict) {
  AgentWord word{.of = server_,
                 .report = {},
                 .news = false,
                 .duration = std::chrono::milliseconds(
                     static_cast<std::int64_t>(ground_.poller.now() - began_))};
  word.report.verdict = std::move(verdict);
  // A static algorithm has no part of a weight.
  const auto fixed = !conf::is_static(server_.backend->config.balance)
                         ? std::nullopt
                         : std::optional(server_.config().weight);
  if (!probe_.input().empty()) word.report = *health::read_agent(probe_.input(), true, fixed);
  const conf::CheckStatus status = word.report.verdict.status;
  word.news =
      heard_.verdict.status != status && conf::result_of(status) != conf::CheckResult::kNeutral;
  heard_.verdict = word.report.verdict;
  heard_.duration = word.duration;
  come_back();
  desk_.agent_said(std::move(word));
}

void AgentWatch::on_postponed(int error) {
  desk_.postponed(server_, error);
  come_back();
}

void AgentWatch::come_back() {
  ground_.wheel.schedule(*this,
                         ground_.poller.now() + static_cast<net::Tick>(asked_.interval.count()));
}

}  // namespace lb::check
