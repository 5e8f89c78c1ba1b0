#include "lb/proxy/server_drain.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "lb/proxy/session.h"

namespace lb::proxy {
namespace {

using Mode = balancer::DrainOrder::Mode;

constexpr net::Tick kStep = 20;          // ms
constexpr net::Tick kIdleStep = 1'000;   // ms, where there is nobody to be closed
constexpr std::uint32_t kAtATime = 512;  // sessions that are looked at in a step

Session& session_of(OnServer& one) { return static_cast<Session&>(one); }

}  // namespace

AtServer::AtServer(Server& server, std::size_t worker)
    : config(server.config),
      name(server.name),
      counters(server.counters.of(worker)),
      address(server.where.address.value_or(conf::Address{})),
      target(address) {}

AtServer::~AtServer() = default;

void AtServer::move(const conf::Address& to) {
  address = to;
  target = net::SocketAddress(to);
}

ServerDrain::ServerDrain(AtServer& at, net::Poller& poller, net::TimerWheel& wheel,
                         const balancer::DrainOrder& order, std::uint32_t all, double phase)
    : at_(at),
      poller_(poller),
      wheel_(wheel),
      order_(order),
      pace_(order, at.open - at.parting_open, all, phase),
      at_start_(at.open - at.parting_open) {
  wheel_.schedule(*this, poller_.now());
}

DrainProgress ServerDrain::progress() const {
  DrainProgress now = ages_;
  now.at_start = at_start_;
  now.left = left();
  now.closing = at_.parting_open;
  return now;
}

std::uint32_t ServerDrain::left() const { return at_.open - at_.parting_open; }

void ServerDrain::parted() {
  pace_.closed(1);
  if (answered_ != 0) --answered_;
}

void ServerDrain::on_due() {
  look();
  close_some();
  if (order_.mode == Mode::kDeadline && poller_.now() >= order_.deadline) let_go();
  wheel_.schedule(*this, poller_.now() + step());
}

net::Tick ServerDrain::step() const {
  const bool closes = order_.mode != Mode::kNatural || order_.idle_timeout != 0;
  return closes && !(at_.sessions.empty() && at_.parting.empty()) ? kStep : kIdleStep;
}

// Goes round the list, so that each has its turn.
void ServerDrain::look() {
  seen_.clear();
  const OnServer* first = nullptr;
  for (std::uint32_t i = 0; i < kAtATime && !at_.sessions.empty(); ++i) {
    OnServer& next = at_.sessions.first();
    if (&next == first) break;
    if (first == nullptr) first = &next;
    next.enter(at_.sessions);
    consider(session_of(next));
  }
  std::ranges::sort(seen_, {}, [](const Candidate& one) {
    return std::tuple(one.grade, one.waits_for_answer, one.since);
  });
}

void ServerDrain::consider(Session& session) {
  const net::Tick age = session.accepted_at();
  looking_.oldest = std::min(looking_.oldest.value_or(age), age);
  looking_.youngest = std::max(looking_.youngest.value_or(age), age);
  if (unseen_ <= 1) {
    ages_ = std::exchange(looking_, {});
    unseen_ = left();
  } else {
    --unseen_;
  }
  if (!session.flowing()) return;
  const net::Tick now = poller_.now();
  const auto talk = session.talk();
  const net::Tick since = session.last_byte_at();
  seen_.push_back(
      {.grade = talk ? balancer::grade(*talk, pace_.quiet_time(now), now) : balancer::Grade::kBusy,
       .waits_for_answer = !talk || talk->last == balancer::Talk::Last::kClient,
       .idle = order_.idle_timeout != 0 && now >= since + order_.idle_timeout,
       .since = since,
       .session = &session});
}

void ServerDrain::close_some() {
  auto may = pace_.allow(left(), poller_.now());
  answered_ = may.answered;
  for (const Candidate& one : seen_) {
    const bool quiet = one.grade == balancer::Grade::kQuiet;
    const bool wanted = (one.idle && may.idle > 0) || (quiet && may.quiet > 0);
    if ((wanted || may.any > 0) && one.session->part(one.grade, why())) {
      may.quiet -= std::min(may.quiet, 1U);
      may.any -= std::min(may.any, 1U);
      may.idle -= std::min(may.idle, 1U);
    } else if (answered_ != 0) {
      one.session->watch_answers();
    }
  }
}

// At the deadline the server is free of them, also where a client has not ended yet, or where
// nothing flows any more.
void ServerDrain::let_go() {
  const OnServer* first = nullptr;
  while (!at_.sessions.empty() && &at_.sessions.first() != first) {
    OnServer& next = at_.sessions.first();
    if (!session_of(next).flowing()) {
      session_of(next).shut(telemetry::Cause::kKilled);
      continue;
    }
    if (first == nullptr) first = &next;
    next.enter(at_.sessions);
  }
  for (std::uint32_t i = 0; i < kAtATime && !at_.parting.empty(); ++i)
    session_of(at_.parting.first()).let_go();
}

}  // namespace lb::proxy
